package dev.meerkat.springboot;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.meerkat.agent.ChatAgent;
import dev.meerkat.agent.ChatModel;
import dev.meerkat.agent.ChatTool;
import dev.meerkat.core.agent.Agent;
import dev.meerkat.langchain4j.LangChain4jModel;
import dev.meerkat.springai.SpringAiModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.ClassUtils;

/**
 * Makes an agent of a chat model that is a bean: one of Meerkat, LangChain4j or Spring AI, as far as the modules for them
 * are there. Beans of type {@link ChatTool} are its tools.
 */
final class ModelBeans {
    private static final String PROPERTY = "meerkat.agent.model";

    private final ListableBeanFactory beans;

    ModelBeans(ListableBeanFactory beans) {
        this.beans = beans;
    }

    /** On the only model, or the primary one; null if there is none. */
    @Nullable
    Agent only() {
        List<Kind> there =
                kinds().stream().filter(kind -> kind.names(beans).length > 0).toList();
        if (there.isEmpty()) {
            return null;
        }
        // Who has a model that streams and one that does not has them of the same provider.
        Kind first = there.get(0);
        boolean sameLibrary = there.stream().allMatch(kind -> kind.library().equals(first.library()));
        Object model = sameLibrary ? beans.getBeanProvider(first.type()).getIfUnique() : null;
        if (model == null) {
            List<String> names = new ArrayList<>();
            there.forEach(kind -> names.addAll(List.of(kind.names(beans))));
            throw new IllegalStateException("several beans are chat models: " + names + ". Say with " + PROPERTY
                    + " which one answers, or define a bean of type " + Agent.class.getName());
        }
        return agent(first.model(model));
    }

    /** On the model that is the bean with a name. */
    Agent named(String bean) {
        for (Kind kind : kinds()) {
            if (beans.containsBean(bean) && beans.isTypeMatch(bean, kind.type())) {
                return agent(kind.model(beans.getBean(bean)));
            }
        }
        throw new InvalidConfigurationPropertyValueException(
                PROPERTY,
                bean,
                "is no bean that is a chat model of Meerkat, or of LangChain4j or Spring AI with meerkat-langchain4j or"
                        + " meerkat-spring-ai on the class path");
    }

    private Agent agent(ChatModel model) {
        return ChatAgent.of(model)
                .tools(beans.getBeanProvider(ChatTool.class).orderedStream().toArray(ChatTool[]::new));
    }

    /** A type of beans that are chat models. */
    private interface Kind {
        String library();

        Class<?> type();

        ChatModel model(Object bean);

        default String[] names(ListableBeanFactory beans) {
            return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type());
        }
    }

    /** Those whose modules are there, the better ones first: a model that streams can be stopped in the middle. */
    private List<Kind> kinds() {
        List<Kind> kinds = new ArrayList<>();
        if (isPresent("dev.meerkat.agent.ChatModel")) {
            kinds.add(new OwnKind());
            if (isPresent("dev.meerkat.langchain4j.LangChain4jModel")) {
                kinds.add(new StreamingLangChain4jKind());
                kinds.add(new LangChain4jKind());
            }
            if (isPresent("dev.meerkat.springai.SpringAiModel")) {
                kinds.add(new SpringAiKind());
            }
        }
        return kinds;
    }

    private boolean isPresent(String type) {
        ClassLoader loader = beans instanceof ConfigurableBeanFactory factory ? factory.getBeanClassLoader() : null;
        return ClassUtils.isPresent(type, loader);
    }

    private static final class OwnKind implements Kind {
        @Override
        public String library() {
            return "Meerkat";
        }

        @Override
        public Class<?> type() {
            return ChatModel.class;
        }

        @Override
        public ChatModel model(Object bean) {
            return (ChatModel) bean;
        }
    }

    private static final class StreamingLangChain4jKind implements Kind {
        @Override
        public String library() {
            return "LangChain4j";
        }

        @Override
        public Class<?> type() {
            return StreamingChatModel.class;
        }

        @Override
        public ChatModel model(Object bean) {
            return LangChain4jModel.of((StreamingChatModel) bean);
        }
    }

    private static final class LangChain4jKind implements Kind {
        @Override
        public String library() {
            return "LangChain4j";
        }

        @Override
        public Class<?> type() {
            return dev.langchain4j.model.chat.ChatModel.class;
        }

        @Override
        public ChatModel model(Object bean) {
            return LangChain4jModel.of((dev.langchain4j.model.chat.ChatModel) bean);
        }
    }

    private static final class SpringAiKind implements Kind {
        @Override
        public String library() {
            return "Spring AI";
        }

        @Override
        public Class<?> type() {
            return org.springframework.ai.chat.model.ChatModel.class;
        }

        @Override
        public ChatModel model(Object bean) {
            return SpringAiModel.of((org.springframework.ai.chat.model.ChatModel) bean);
        }
    }
}
