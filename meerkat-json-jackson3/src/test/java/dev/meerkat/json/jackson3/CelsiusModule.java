package dev.meerkat.json.jackson3;

import dev.meerkat.json.jackson3.Jackson3BinderTest.Celsius;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/** Found as a service, as the modules for Kotlin and the like are. */
public final class CelsiusModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    /** For the service loader. */
    public CelsiusModule() {
        super("celsius");
        addSerializer(Celsius.class, new StdSerializer<>(Celsius.class) {
            @Override
            public void serialize(Celsius value, JsonGenerator generator, SerializationContext all) {
                generator.writeString(value.degrees() + " C");
            }
        });
    }
}
