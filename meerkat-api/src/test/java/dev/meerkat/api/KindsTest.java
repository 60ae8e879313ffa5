package dev.meerkat.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new kind of command, receipt, input or event is not forgotten. */
class KindsTest {
    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isInterface()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(KindsTest::kinds)
                : Stream.of(type);
    }

    @ParameterizedTest
    @ValueSource(classes = {CommsCommand.class, Receipt.class, InputBody.FromPeer.class})
    void whatIsMadeByKindHasAFunctionForEachKind(Class<?> type) {
        String name = type.equals(InputBody.FromPeer.class) ? "matchPeer" : "match";

        assertThat(functions(type, name).collect(Collectors.toSet()))
                .isEqualTo(kinds(type).collect(Collectors.toSet()));
    }

    @Test
    void whatIsMadeOfInputsHasAFunctionForEachKindAndOneForThoseOfPeers() {
        assertThat(functions(InputBody.class, "match").flatMap(KindsTest::kinds).collect(Collectors.toSet()))
                .isEqualTo(kinds(InputBody.class).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> functions(Class<?> type, String name) {
        Method match = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(match.getGenericParameterTypes())
                .map(function -> (Class<?>) ((ParameterizedType) function).getActualTypeArguments()[0]);
    }

    @Test
    void everyReceiptButThatOfAnInputIsOfAnEnvelope() {
        assertThat(kinds(Receipt.class).filter(kind -> !Receipt.Sent.class.isAssignableFrom(kind)))
                .containsExactly(Receipt.InputAccepted.class);
    }

    @Test
    void everyEventIsLoggedOrLiveAndThoseOfATurnSaySo() {
        assertThat(kinds(SessionEvent.class)
                        .filter(kind -> !SessionEvent.Logged.class.isAssignableFrom(kind)
                                && !SessionEvent.Live.class.isAssignableFrom(kind)))
                .containsExactly(SessionEvent.Unrecognized.class);
        assertThat(kinds(SessionEvent.class)
                        .filter(kind -> Arrays.stream(kind.getRecordComponents())
                                .anyMatch(part -> part.getType().equals(TurnId.class))))
                .allMatch(SessionEvent.OfTurn.class::isAssignableFrom);
    }

    @Test
    void everyInputWithASenderIsFromAPeer() {
        assertThat(kinds(InputBody.class)
                        .filter(kind -> Arrays.stream(kind.getRecordComponents())
                                .anyMatch(part -> part.getType().equals(PeerSender.class))))
                .hasSize(4)
                .allMatch(InputBody.FromPeer.class::isAssignableFrom);
    }
}
