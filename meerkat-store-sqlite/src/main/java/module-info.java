import org.jspecify.annotations.NullMarked;

/** A durable session store in a SQLite file. */
@NullMarked
module dev.meerkat.store.sqlite {
    requires static transitive org.jspecify;
    requires transitive dev.meerkat.core;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;

    exports dev.meerkat.store.sqlite;
}
