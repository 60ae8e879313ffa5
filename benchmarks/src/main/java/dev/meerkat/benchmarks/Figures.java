package dev.meerkat.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Named samples, one per fork. Not thread-safe. */
final class Figures {
    private static final String MARK = "figure ";
    private final Map<String, List<Double>> samples = new LinkedHashMap<>();

    void add(String name, double value) {
        samples.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
    }

    /** What there are samples of. */
    List<String> names() {
        return List.copyOf(samples.keySet());
    }

    boolean has(String name) {
        return samples.containsKey(name);
    }

    int count(String name) {
        return samples.getOrDefault(name, List.of()).size();
    }

    double median(String name) {
        return median(all(name));
    }

    /** Half the distance between the lowest and the highest fork. */
    double spread(String name) {
        double[] sorted = all(name);
        return (sorted[sorted.length - 1] - sorted[0]) / 2;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double[] all(String name) {
        List<Double> values = samples.get(name);
        if (values == null) {
            throw new IllegalArgumentException("no figure " + name + " among " + samples.keySet());
        }
        return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    /** Prints all of them for the parent process to read. */
    void print() {
        samples.forEach((name, values) -> values.forEach(value -> System.out.println(MARK + name + " " + value)));
    }

    /** Reads a line that another process printed; false if it holds no figure. */
    boolean read(String line) {
        if (!line.startsWith(MARK)) {
            return false;
        }
        String[] words = line.substring(MARK.length()).split(" ", -1);
        add(words[0], Double.parseDouble(words[1]));
        return true;
    }
}
