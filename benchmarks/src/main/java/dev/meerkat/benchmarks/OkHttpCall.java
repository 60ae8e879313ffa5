package dev.meerkat.benchmarks;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Bare OkHttp, which the client is built on; the body is read and not looked at. Thread-safe. */
final class OkHttpCall implements RemoteCall {
    private static final int PATIENCE_SECONDS = 10;
    private static final int CALLS_AT_ONCE = 64;

    private final OkHttpClient http;
    private final Request request;
    private final boolean byCaller;

    /**
     * Connects with the first call.
     *
     * @param byCaller whether the caller's thread does it all, instead of one of OkHttp's that hands the
     *     answer over
     */
    OkHttpCall(int port, boolean byCaller) {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequestsPerHost(CALLS_AT_ONCE);
        this.http = new OkHttpClient.Builder().dispatcher(dispatcher).build();
        this.request = new Request.Builder()
                .url("http://127.0.0.1:" + port + Traffic.ROUTE + "?session_id=" + Traffic.SESSION)
                .build();
        this.byCaller = byCaller;
    }

    @Override
    public Object once() throws Exception {
        Call call = http.newCall(request);
        if (byCaller) {
            return body(call.execute());
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onResponse(Call call, Response response) throws IOException {
                answer.complete(body(response));
            }

            @Override
            public void onFailure(Call call, IOException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static byte[] body(Response response) throws IOException {
        try (response) {
            return response.body().bytes();
        }
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
