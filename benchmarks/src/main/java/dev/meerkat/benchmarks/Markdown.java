package dev.meerkat.benchmarks;

import java.util.Locale;

/** A report in the making. Not thread-safe. */
final class Markdown {
    private final StringBuilder text = new StringBuilder();

    Markdown heading(String heading) {
        text.append("\n## ").append(heading).append("\n\n");
        return this;
    }

    Markdown paragraph(String paragraph) {
        text.append(paragraph.strip()).append("\n\n");
        return this;
    }

    Markdown table(String... columns) {
        row((Object[]) columns);
        text.append('|');
        for (int i = 0; i < columns.length; i++) {
            text.append(i == 0 ? "---|" : "--:|");
        }
        text.append('\n');
        return this;
    }

    Markdown row(Object... cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ').append(cell).append(" |");
        }
        text.append('\n');
        return this;
    }

    Markdown line() {
        text.append('\n');
        return this;
    }

    /** A median, with the spread of the forks if there are several. */
    static String cell(Figures figures, String name) {
        return figures.count(name) < 2
                ? plain(figures, name)
                : number(figures.median(name)) + " ± " + number(figures.spread(name));
    }

    /** A median alone. */
    static String plain(Figures figures, String name) {
        return figures.has(name) ? number(figures.median(name)) : "-";
    }

    /** How many times one median is another. */
    static String ratio(Figures figures, String name, String base) {
        return figures.has(name) && figures.has(base)
                ? String.format(Locale.ROOT, "%.2f×", figures.median(name) / figures.median(base))
                : "-";
    }

    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
