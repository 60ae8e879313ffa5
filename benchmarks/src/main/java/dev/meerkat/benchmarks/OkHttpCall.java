package dev.meerkat.benchmarks;

import java.io.IOException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Bare OkHttp, whose body is read and not looked at: the least for the client, which is built on it. Thread-safe. */
final class OkHttpCall implements RemoteCall {
    private final OkHttpClient http = new OkHttpClient();
    private final Request request;

    OkHttpCall(int port) {
        request = new Request.Builder()
                .url("http://127.0.0.1:" + port + Traffic.ROUTE + "?session_id=" + Traffic.SESSION)
                .build();
    }

    @Override
    public Object once() throws IOException {
        try (Response response = http.newCall(request).execute()) {
            return response.body().bytes();
        }
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
