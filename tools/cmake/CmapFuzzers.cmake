# How the targets for coverage-guided fuzzers are compiled and linked.
option(CMAP_BUILD_FUZZERS "Build the libFuzzer targets (clang only)" OFF)
set(CMAP_FUZZING_ENGINE "" CACHE STRING
    "What the targets are linked with, if their instrumentation is in CMAKE_CXX_FLAGS: OSS-Fuzz's \
LIB_FUZZING_ENGINE, AFL++'s libAFLDriver.a. Empty: libFuzzer with AddressSanitizer and UBSan")
if(NOT CMAP_BUILD_FUZZERS)
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "CMAP_BUILD_FUZZERS needs clang: use the preset `clang`")
endif()
if(CMAP_FUZZING_ENGINE)
  set(CMAP_FUZZER_COMPILE_OPTIONS "")
  separate_arguments(CMAP_FUZZER_LINK_OPTIONS UNIX_COMMAND "${CMAP_FUZZING_ENGINE}")
else()
  set(CMAP_FUZZER_COMPILE_OPTIONS -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
  set(CMAP_FUZZER_LINK_OPTIONS -fsanitize=fuzzer,address,undefined)
endif()
