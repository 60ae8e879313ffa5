# Read by the launchers, with $home set: finds java, and the class archive that was made for it here.
if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java || echo java)
fi

# The home of a JVM says in its file "release" which one it is. An archive of another one would not be used.
jvm=unknown
release=$(readlink -f "$java" 2>/dev/null || echo "$java")
release=${release%/bin/java}/release
if [ -r "$release" ]; then
  while IFS= read -r line; do
    case $line in
      JAVA_RUNTIME_VERSION=* | JAVA_VERSION=*)
        jvm=${line#*=}
        jvm=${jvm#\"}
        jvm=${jvm%\"}
        case $line in JAVA_RUNTIME_VERSION=*) break ;; esac
        ;;
    esac
  done <"$release"
fi
archive=$home/lib/meerkat-$jvm.jsa

# Messages of the JVM would stand between those of the wire. An archive that does not fit is passed over.
options="-Xlog:disable -Xlog:all=error:stderr -Xshare:auto -XX:+UseSerialGC"
if [ -t 2 ]; then
  options="$options -Dmeerkat.terminal=true"
fi

# Without a locale, or with one that is not installed, Java takes arguments for ASCII.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
  C | POSIX) export LC_ALL=C.UTF-8 ;;
  *)
    if [ "$(locale charmap 2>/dev/null)" = ANSI_X3.4-1968 ]; then
      export LC_ALL=C.UTF-8
    fi
    ;;
esac
