import org.jspecify.annotations.NullMarked;

/** A durable session store on PostgreSQL. */
@NullMarked
module dev.meerkat.store.postgres {
    requires static org.checkerframework.checker.qual;
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.core;
    requires transitive java.sql;
    requires org.postgresql.jdbc;
    requires org.slf4j;

    exports dev.meerkat.store.postgres;
}
