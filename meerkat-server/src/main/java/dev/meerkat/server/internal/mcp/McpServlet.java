package dev.meerkat.server.internal.mcp;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * The library's servlet, but its streams do not promise with ids that one could go on from there: the library keeps nothing
 * of what it has told.
 */
final class McpServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private final transient HttpServlet library;

    McpServlet(HttpServlet library) {
        this.library = library;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        library.service(new NewStream(request), new PlainResponse(response));
    }

    @Override
    public void destroy() {
        library.destroy();
    }

    /** The library would answer what is to go on behind an event with a stream that tells nothing for ever. */
    private static final class NewStream extends HttpServletRequestWrapper {
        NewStream(HttpServletRequest request) {
            super(request);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return name.equalsIgnoreCase(LAST_EVENT_ID) ? null : super.getHeader(name);
        }
    }

    private static final class PlainResponse extends HttpServletResponseWrapper {
        PlainResponse(HttpServletResponse response) {
            super(response);
        }

        @Override
        public PrintWriter getWriter() throws IOException {
            return new WithoutIds(super.getWriter());
        }
    }

    /** The library writes each field of an event at once. */
    private static final class WithoutIds extends PrintWriter {
        WithoutIds(PrintWriter out) {
            super(out);
        }

        @Override
        public void write(String field) {
            if (!field.startsWith("id: ")) {
                super.write(field);
            }
        }
    }
}
