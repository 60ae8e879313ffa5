package dev.meerkat.client.fault;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that misbehaves in one way. Needs nothing but the JDK, because it is run as a child process too. */
public final class HostileServer {
    static final String SESSION = "01900000-0000-7000-8000-000000000001";
    static final int EXIT_CODE = 3;

    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");
    private static final Pattern METHOD = Pattern.compile("\"method\":\"([^\"]+)\"");
    private static final String EVENT = "{'jsonrpc':'2.0','method':'session/stream_event','params':{'stream_id':'s1',"
            + "'sequence':1,'session_id':'" + SESSION + "','event':{'event_id':'" + SESSION
            + "','source':{'type':'session','session_id':'" + SESSION + "'},'seq':1,'timestamp_ms':1,"
            + "'payload':{'type':'text_delta','delta':'one'}}}}";
    private static final String ROW = "{'session_id':'" + SESSION + "','created_at':1,'updated_at':1,"
            + "'message_count':1,'is_active':false,'model':'m','provider':'p'}";

    /** In which way. */
    public enum Way {
        /** None. */
        NONE,
        /** Ends before anything. */
        EXIT_AT_ONCE,
        /** Ends when it is asked to initialize. */
        EXIT_AT_INITIALIZE,
        /** Ends when it is asked for its features. */
        EXIT_AT_CAPABILITIES,
        /** Ends when it is told the tools. */
        EXIT_AT_TOOLS,
        /** Ends at the first call after the handshake. */
        EXIT_AT_CALL,
        /** Answers nothing, not even the handshake. */
        SILENT_FROM_THE_START,
        /** Answers nothing after the handshake. */
        SILENT,
        /** Answers the handshake with something that has no version. */
        NO_VERSION,
        /** Begins an answer and stops. */
        HALF_A_LINE,
        /** Begins an answer and ends. */
        ENDS_WITHIN_AN_ANSWER,
        /** Opens a stream and ends within its second event. */
        ENDS_WITHIN_A_STREAM,
        /** Answers with 64 MiB. */
        HUGE_LINE,
        /** Answers with bytes that are not UTF-8. */
        INVALID_UTF8,
        /** Answers with a text that is no JSON. */
        NO_JSON,
        /** Answers with an array. */
        ARRAY,
        /** Answers with an object that is no message. */
        NO_MESSAGE,
        /** Answers with a hundred thousand nested arrays. */
        DEEP,
        /** Answers to others. */
        WRONG_IDS,
        /** Answers twice. */
        TWICE,
        /** Refuses without an id. */
        NULL_ID,
        /** Refuses the second of two calls without an id. */
        NULL_ID_FOR_TWO,
        /** Writes megabytes of complaints before each answer. */
        COMPLAINS,
        /** Does not end with its input, but when it is told to. */
        DEAF,
        /** Ends neither with its input nor when it is told to. */
        STUBBORN,
        /** Leaves everything to a deaf child of its own, and waits for that. */
        PARENT
    }

    private final Way way;
    private final OutputStream output;
    private final Runnable exit;
    private final List<String> held = new ArrayList<>();

    HostileServer(Way way, OutputStream output, Runnable exit) {
        this.way = way;
        this.output = output;
        this.exit = exit;
    }

    /** Runs as a child process, until its input ends. */
    public static void main(String[] args) throws Exception {
        Way way = Way.valueOf(args[0]);
        CountDownLatch never = new CountDownLatch(1);
        if (way == Way.STUBBORN) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> waitFor(never)));
        }
        if (way == Way.PARENT) {
            new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            HostileServer.class.getName(),
                            Way.DEAF.name())
                    .inheritIO()
                    .start()
                    .waitFor();
            return;
        }
        Runnable exit = () -> {
            System.err.println("panicked: the store is on fire");
            System.err.flush();
            Runtime.getRuntime().halt(EXIT_CODE);
        };
        new HostileServer(way, new FileOutputStream(FileDescriptor.out), exit).serve(System.in);
        if (way == Way.STUBBORN || way == Way.DEAF) {
            waitFor(never);
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void serve(InputStream input) throws IOException {
        if (way == Way.EXIT_AT_ONCE) {
            exit.run();
            return;
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher id = ID.matcher(line);
            Matcher method = METHOD.matcher(line);
            if (id.find() && method.find() && way != Way.SILENT_FROM_THE_START) {
                called(id.group(1), method.group(1));
            }
        }
    }

    private void called(String id, String method) throws IOException {
        if (way == Way.COMPLAINS) {
            byte[] complaint = new byte[1 << 20];
            Arrays.fill(complaint, (byte) '!');
            System.err.write(complaint);
            System.err.println("but never mind");
        }
        switch (method) {
            case "initialize" -> {
                if (way == Way.EXIT_AT_INITIALIZE) {
                    exit.run();
                } else if (way == Way.NO_VERSION) {
                    answer(id, "{'server_info':{}}");
                } else {
                    answer(id, hello());
                }
            }
            case "runtime/capabilities" -> {
                if (way == Way.EXIT_AT_CAPABILITIES) {
                    exit.run();
                } else {
                    answer(id, "{'features':{'event_replay':true}}");
                }
            }
            case "tools/register" -> {
                if (way == Way.EXIT_AT_TOOLS) {
                    exit.run();
                } else {
                    answer(id, "{'registered':1}");
                }
            }
            default -> misbehave(id, method);
        }
    }

    private static String hello() {
        return "{'server_info':{'name':'hostile','version':'0.9.8'},'contract_version':'0.9.8','methods':["
                + "'initialize','runtime/capabilities','tools/register','session/read','session/archive',"
                + "'session/stream_open','session/stream_close','comms/send','comms/peers','turn/start']}";
    }

    private void misbehave(String id, String method) throws IOException {
        switch (way) {
            case EXIT_AT_CALL -> exit.run();
            case SILENT -> {}
            case HALF_A_LINE -> write("{'jsonrpc':'2.0','id':" + id + ",'result':{'sess");
            case ENDS_WITHIN_AN_ANSWER -> {
                write("{'jsonrpc':'2.0','id':" + id + ",'result':{'sess");
                exit.run();
            }
            case ENDS_WITHIN_A_STREAM -> {
                answer(id, "{'stream_id':'s1','session_id':'" + SESSION + "','opened':true}");
                write(EVENT + "\n" + EVENT.substring(0, 80));
                exit.run();
            }
            case HUGE_LINE -> {
                write("{'jsonrpc':'2.0','id':" + id + ",'result':'");
                byte[] chunk = new byte[1 << 16];
                Arrays.fill(chunk, (byte) 'x');
                for (int i = 0; i < 1024; i++) {
                    output.write(chunk);
                }
                write("'}\n");
            }
            case INVALID_UTF8 -> {
                write("{'jsonrpc':'2.0','id':" + id + ",'result':'");
                output.write(new byte[] {(byte) 0xff, (byte) 0xc0, (byte) 0x80});
                write("'}\n");
            }
            case NO_JSON -> write("Segmentation fault\n");
            case ARRAY -> write("[1]\n");
            case NO_MESSAGE -> write("{'hello':'world'}\n");
            case DEEP -> write("[".repeat(100_000) + "\n");
            case WRONG_IDS -> {
                answer("9" + id, ROW);
                answer("'" + id + "'", ROW);
                answer("{'id':" + id + "}", ROW);
                answer("99999999999999999999999", ROW);
            }
            case NULL_ID ->
                write("{'jsonrpc':'2.0','id':null,'error':{'code':-32602,'message':'Invalid params: who'}}\n");
            case NULL_ID_FOR_TWO -> {
                held.add(id);
                if (held.size() == 2) {
                    write("{'jsonrpc':'2.0','id':null,'error':{'code':-32602,'message':'Invalid params: who'}}\n");
                    held.clear();
                }
            }
            case TWICE -> {
                answer(id, ROW);
                answer(id, ROW.replace("'m'", "'second'"));
            }
            default -> answer(id, method.equals("session/read") ? ROW : "{'archived':true}");
        }
    }

    private void answer(String id, String result) throws IOException {
        write("{'jsonrpc':'2.0','id':" + id + ",'result':" + result + "}\n");
    }

    private void write(String text) throws IOException {
        output.write(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        output.flush();
    }
}
