# Builds for another architecture of Debian, with its libraries beside those of
# this machine (dpkg --add-architecture; `make cross-deps`).
#
# NTM_TRIPLET, NTM_DEBIAN_ARCHITECTURE and NTM_EMULATOR come from the preset.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES
  NTM_TRIPLET NTM_DEBIAN_ARCHITECTURE NTM_EMULATOR)
set(CMAKE_SYSTEM_NAME Linux)
string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR "${NTM_TRIPLET}")
set(CMAKE_CXX_COMPILER ${NTM_TRIPLET}-g++)
set(CMAKE_C_COMPILER ${NTM_TRIPLET}-gcc)
set(CMAKE_LIBRARY_ARCHITECTURE ${NTM_TRIPLET})
set(CMAKE_CROSSCOMPILING_EMULATOR ${NTM_EMULATOR})
set(ENV{PKG_CONFIG_LIBDIR}
  "/usr/lib/${NTM_TRIPLET}/pkgconfig:/usr/share/pkgconfig")
