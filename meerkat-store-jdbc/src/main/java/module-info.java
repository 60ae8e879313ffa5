import org.jspecify.annotations.NullMarked;

/** A durable session store on JDBC. */
@NullMarked
module dev.meerkat.store.jdbc {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.core;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;

    exports dev.meerkat.store.jdbc;
}
