package dev.meerkat.api.internal;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Finds the known name that an unknown one was most likely meant to be. */
public final class Spelling {
    private Spelling() {}

    /**
     * The known name from which only case and separators differ, or a letter, or two letters of a long name.
     *
     * @param name an unknown name
     * @param known the known ones
     * @return the nearest, or empty if none is near
     */
    public static Optional<String> meant(String name, Collection<String> known) {
        String given = plain(name);
        String meant = null;
        int fewest = Integer.MAX_VALUE;
        for (String candidate : new TreeSet<>(known)) {
            String other = plain(candidate);
            int most = most(other.length());
            if (Math.abs(given.length() - other.length()) <= most) {
                int edits = edits(given, other);
                if (edits <= most && edits < fewest) {
                    meant = candidate;
                    fewest = edits;
                }
            }
        }
        return Optional.ofNullable(meant);
    }

    private static int most(int length) {
        if (length < 4) {
            return 0;
        }
        return length < 8 ? 1 : 2;
    }

    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /** How many letters are to be added, removed, replaced, or swapped with the next. */
    private static int edits(String from, String to) {
        int[] twoBack = new int[to.length() + 1];
        int[] back = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            back[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = back[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(back[j], row[j - 1]));
                if (i > 1 && j > 1 && swapped(from, i, to, j)) {
                    row[j] = Math.min(row[j], 1 + twoBack[j - 2]);
                }
            }
            twoBack = back;
            back = row;
        }
        return back[to.length()];
    }

    private static boolean swapped(String from, int i, String to, int j) {
        return from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
    }
}
