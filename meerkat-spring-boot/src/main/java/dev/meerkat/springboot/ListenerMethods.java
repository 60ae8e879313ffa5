package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionEvent;
import dev.meerkat.webhooks.NotificationPositions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Calls the methods with {@link MeerkatListener} of all beans. Thread-safe. */
final class ListenerMethods implements SmartLifecycle {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._-]{1,90}");
    private static final String POSITIONS = "dev.meerkat.webhooks.NotificationPositions";

    private final ConfigurableListableBeanFactory beans;
    private final Meerkat meerkat;
    private final Executor executor;
    private final List<ListenerRun> listeners = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private volatile boolean running;

    ListenerMethods(ConfigurableListableBeanFactory beans, Meerkat meerkat, Executor executor) {
        this.beans = beans;
        this.meerkat = meerkat;
        this.executor = executor;
    }

    /** Ends before Meerkat closes, and when the web server has stopped. */
    @Override
    public int getPhase() {
        return ShutdownStep.MEERKAT + 512;
    }

    @Override
    public void start() {
        for (String bean : beans.getBeanDefinitionNames()) {
            Class<?> type = beans.getType(bean, false);
            if (type != null && !type.getName().startsWith("org.springframework.")) {
                methods(type).forEach(method -> listeners.add(listener(bean, method)));
            }
        }
        try {
            for (ListenerRun listener : listeners) {
                listener.begin();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while methods with @MeerkatListener begin to listen", e);
        }
        running = true;
        listeners.forEach(executor::execute);
    }

    private static Set<Method> methods(Class<?> type) {
        ReflectionUtils.MethodFilter marked =
                method -> AnnotatedElementUtils.hasAnnotation(method, MeerkatListener.class);
        return MethodIntrospector.selectMethods(type, marked);
    }

    private ListenerRun listener(String bean, Method method) {
        MeerkatListener marked = Objects.requireNonNull(
                AnnotatedElementUtils.findMergedAnnotation(method, MeerkatListener.class), "annotation");
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length != 1 || !SessionEvent.class.isAssignableFrom(parameters[0])) {
            throw new IllegalStateException(
                    "@MeerkatListener is on " + method + ", which must have one parameter that is a SessionEvent");
        }
        Class<?> taken = parameters[0];
        Set<String> types = Set.of(marked.type());
        Object target = beans.getBean(bean);
        Method invocable = AopUtils.selectInvocableMethod(method, target.getClass());
        invocable.trySetAccessible();
        String name = beans.resolveEmbeddedValue(marked.session());
        if (name == null || name.isBlank()) {
            throw new IllegalStateException("@MeerkatListener on " + method + " has a blank session");
        }
        Consumer<SessionEvent> told = event -> {
            if (taken.isInstance(event) && (types.isEmpty() || types.contains(event.getType()))) {
                invoke(invocable, target, event);
            }
        };
        String key = marked.keptAs();
        if (key.isEmpty()) {
            return new SessionListener(meerkat, marked.realm(), name, told);
        }
        if (!KEY.matcher(key).matches() || !keys.add(key)) {
            throw new IllegalStateException(
                    "@MeerkatListener on " + method + " has keptAs = \"" + key
                            + "\", which must be 1 to 90 letters, digits, dots, hyphens and underscores, and no other method's");
        }
        if (!ClassUtils.isPresent(POSITIONS, ListenerMethods.class.getClassLoader())) {
            throw new IllegalStateException(
                    "@MeerkatListener on " + method + " has keptAs, which needs the module meerkat-webhooks");
        }
        return Kept.listener(beans, meerkat, marked.realm(), name, key, told);
    }

    /** Loaded only where the module with the positions is on the class path. */
    private static final class Kept {
        static ListenerRun listener(
                ConfigurableListableBeanFactory beans,
                Meerkat meerkat,
                String realm,
                String name,
                String key,
                Consumer<SessionEvent> told) {
            return new KeptListener(meerkat, realm, name, key, beans.getBean(NotificationPositions.class), told);
        }
    }

    private static void invoke(Method method, Object target, SessionEvent event) {
        try {
            Object unused = method.invoke(target, event);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method + " has thrown", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        }
    }

    @Override
    public void stop() {
        running = false;
        listeners.forEach(ListenerRun::end);
        try {
            for (ListenerRun listener : listeners) {
                listener.awaitEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }
}
