@echo off
rem Starts meerkat on Windows.
setlocal EnableExtensions DisableDelayedExpansion
set "home=%~dp0.."
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME:"=%\bin\java"
"%java%" -Xlog:disable -Xlog:all=error:stderr -XX:+UseSerialGC %MEERKAT_JAVA_OPTS% -cp "%home%\lib\meerkat.jar" dev.meerkat.cli.Main %*
exit /b %ERRORLEVEL%
