package dev.meerkat.springboot;

import dev.meerkat.core.agent.Agent;
import dev.meerkat.core.agent.AgentRouter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Makes one agent of all agents that are beans, as the auto-configuration does for its runtime. */
public final class AgentBeans {
    private final ListableBeanFactory beans;
    private final List<Routed> routed = new ArrayList<>();
    private final List<String> others = new ArrayList<>();

    private record Routed(String bean, MeerkatAgent sessions, int order) {}

    private AgentBeans(ListableBeanFactory beans) {
        this.beans = beans;
        for (String bean : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Agent.class)) {
            MeerkatAgent sessions = beans.findAnnotationOnBean(bean, MeerkatAgent.class);
            if (sessions == null) {
                others.add(bean);
            } else {
                routed.add(new Routed(bean, sessions, order(bean)));
            }
        }
        routed.sort(Comparator.comparingInt(Routed::order));
    }

    /**
     * One agent that answers as the beans do.
     *
     * @param beans where the beans of type {@link Agent} are, and the chat models
     * @param model the bean that is the chat model for what no agent answers; null for the only one, if there is no agent
     * @return the agent; empty if there is neither agent nor model
     * @throws IllegalStateException if it is not clear which bean answers
     */
    public static Optional<Agent> find(ListableBeanFactory beans, @Nullable String model) {
        AgentBeans found = new AgentBeans(beans);
        Agent otherwise = found.otherwise(model);
        if (found.routed.isEmpty()) {
            return Optional.ofNullable(otherwise);
        }
        AgentRouter router = AgentRouter.create();
        for (Routed rule : found.routed) {
            router = found.add(router, rule);
        }
        return Optional.of(otherwise == null ? router : router.otherwise(otherwise));
    }

    static Agent of(ListableBeanFactory beans, @Nullable String model) {
        return find(beans, model)
                .orElseThrow(() -> new IllegalStateException(
                        "Meerkat needs an agent that answers its sessions: define a bean of type "
                                + Agent.class.getName() + " or a chat model (with meerkat-langchain4j or"
                                + " meerkat-spring-ai), or set meerkat.server.url to use the sessions of a server"));
    }

    private int order(String bean) {
        Order order = beans.findAnnotationOnBean(bean, Order.class);
        return order == null ? Ordered.LOWEST_PRECEDENCE : order.value();
    }

    private @Nullable Agent otherwise(@Nullable String model) {
        if (model != null) {
            if (!others.isEmpty()) {
                throw new InvalidConfigurationPropertyValueException(
                        "meerkat.agent.model",
                        model,
                        "is of no use, since " + others + " answers all sessions. Give it @MeerkatAgent");
            }
            return new ModelBeans(beans).named(model);
        }
        if (others.isEmpty()) {
            return routed.isEmpty() ? new ModelBeans(beans).only() : null;
        }
        if (others.size() == 1) {
            return beans.getBean(others.get(0), Agent.class);
        }
        Agent primary = beans.getBeanProvider(Agent.class).getIfUnique();
        for (String other : others) {
            if (primary != null && beans.getBean(other).equals(primary)) {
                return primary;
            }
        }
        throw new IllegalStateException("several beans are agents for all sessions: " + others
                + ". Say with @MeerkatAgent" + " which sessions each one answers, or mark one as @Primary");
    }

    private AgentRouter add(AgentRouter router, Routed rule) {
        MeerkatAgent sessions = rule.sessions;
        if (sessions.name().length + sessions.label().length == 0) {
            throw wrong(rule, "has neither name nor label");
        }
        Agent agent = beans.getBean(rule.bean, Agent.class);
        AgentRouter more = router;
        for (String name : sessions.name()) {
            if (name.isBlank()) {
                throw wrong(rule, "has a blank name");
            }
            more = more.byName(name, agent);
        }
        for (String label : sessions.label()) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw wrong(rule, "has the label \"" + label + "\", which is not key=value");
            }
            more = more.byLabel(label.substring(0, equals), label.substring(equals + 1), agent);
        }
        return more;
    }

    private static IllegalStateException wrong(Routed rule, String what) {
        return new IllegalStateException("@MeerkatAgent of bean " + rule.bean + " " + what);
    }
}
