package dev.meerkat.springboot;

import dev.meerkat.api.Meerkat;
import dev.meerkat.api.SessionEvent;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;

/** Calls the methods with {@link MeerkatListener} of all beans. Thread-safe. */
final class ListenerMethods implements SmartLifecycle {
    private final ConfigurableListableBeanFactory beans;
    private final Meerkat meerkat;
    private final Executor executor;
    private final List<SessionListener> listeners = new ArrayList<>();
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
            for (SessionListener listener : listeners) {
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

    private SessionListener listener(String bean, Method method) {
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
        return new SessionListener(meerkat, marked.realm(), name, event -> {
            if (taken.isInstance(event) && (types.isEmpty() || types.contains(event.getType()))) {
                invoke(invocable, target, event);
            }
        });
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
        listeners.forEach(SessionListener::end);
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
