package dev.meerkat.testkit.contract;

import org.junit.jupiter.api.Nested;

/**
 * All chapters of the contract of a {@link dev.meerkat.api.Meerkat}. An implementation is run against
 * them by one small class:
 *
 * <pre>{@code
 * class MemoryContractTest extends MeerkatContract {
 *     @Override
 *     protected MeerkatFixture open() {
 *         return StoreFixture.memory(StoreFixture.Turns.SERIAL);
 *     }
 * }
 * }</pre>
 */
public abstract class MeerkatContract {
    /** For subclasses. */
    protected MeerkatContract() {}

    /**
     * Opens what is to be tested.
     *
     * @return a fixture for one test, which closes it
     * @throws Exception if it cannot be opened
     */
    protected abstract MeerkatFixture open() throws Exception;

    @Nested
    class KeepAlive extends KeepAliveContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class CommsInput extends CommsInputContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class PeerMessage extends PeerMessageContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class PeerLifecycle extends PeerLifecycleContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class RequestReply extends RequestReplyContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Peers extends PeersContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class PeerAnswers extends PeerAnswersContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class TypedPeerCalls extends TypedPeerCallsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Prompts extends PromptsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Context extends ContextContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class ExternalEvents extends ExternalEventsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class LanesAndBounds extends LanesAndBoundsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class SteerAndQueue extends SteerAndQueueContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Order extends OrderContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Interrupt extends InterruptContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Archive extends ArchiveContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class History extends HistoryContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class EventsAndCursors extends EventsAndCursorsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class LiveEvents extends LiveEventsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class EventPublisher extends EventPublisherContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class FailuresAndRetries extends FailuresAndRetriesContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Restart extends RestartContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Steps extends StepsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class BadInput extends BadInputContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Refusals extends RefusalsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Later extends LaterContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class CapabilitiesAndErrors extends CapabilitiesAndErrorsContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class CreateOpenList extends CreateOpenListContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Deletion extends DeletionContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }

    @Nested
    class Retention extends RetentionContract {
        @Override
        protected MeerkatFixture open() throws Exception {
            return MeerkatContract.this.open();
        }
    }
}
