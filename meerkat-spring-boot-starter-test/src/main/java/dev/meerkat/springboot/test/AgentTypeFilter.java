package dev.meerkat.springboot.test;

import dev.meerkat.agent.ChatTool;
import dev.meerkat.core.agent.Agent;
import java.util.Set;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

/** Lets agents and tools of the application in. */
final class AgentTypeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<MeerkatTest> {
    /** Called by Spring. */
    AgentTypeFilter(Class<?> testClass) {
        super(testClass);
    }

    @Override
    protected Set<Class<?>> getKnownIncludes() {
        return Set.of(Agent.class, ChatTool.class);
    }
}
