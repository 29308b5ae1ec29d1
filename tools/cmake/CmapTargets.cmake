# The kinds of targets in this project: a layer (static library with its headers), a program and a
# test binary per folder. In every folder `*_test.cpp` are tests and all other sources library;
# `*_under_test.cpp` is what its name says. Helpers of tests, `*_harness.hpp` and `*_test_bench.hpp`,
# are not installed.
#
# All presets but the debug ones compile sixteen files of a target as one (CMAKE_UNITY_BUILD), which more
# than halves the time of a build: names in unnamed namespaces are therefore unique within a target. The debug ones
# see to it that every file includes what it needs.

# Sets <out>_SOURCES, <out>_HEADERS and <out>_TESTS to the files that match the GLOB or
# GLOB_RECURSE patterns given.
function(cmap_glob out kind)
  file(${kind} sources CONFIGURE_DEPENDS LIST_DIRECTORIES false ${ARGN})
  set(headers ${sources})
  set(tests ${sources})
  list(FILTER headers INCLUDE REGEX "\\.hpp$")
  list(FILTER headers EXCLUDE REGEX "_(harness|test_bench)\\.hpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests EXCLUDE REGEX "_under_test\\.cpp$")
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(REMOVE_ITEM sources ${tests})
  set(${out}_SOURCES "${sources}" PARENT_SCOPE)
  set(${out}_HEADERS "${headers}" PARENT_SCOPE)
  set(${out}_TESTS "${tests}" PARENT_SCOPE)
endfunction()

# Language level and warnings, the same for every target and both compilers.
function(cmap_compile_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(
    ${target}
    PRIVATE -Wall
            -Wextra
            -Wpedantic
            -Wconversion
            -Wsign-conversion
            -Wdouble-promotion
            -Wshadow
            -Wold-style-cast
            -Wcast-qual
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            -Wextra-semi
            -Wimplicit-fallthrough
            -Wformat=2
            -Wundef
            # Designated initialisers leave fields out on purpose.
            -Wno-missing-field-initializers
            # A switch over a closed enum has no default: a new enumerator must break the build.
            -Werror=switch
            -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)
  if(CMAP_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# For layers without Asio: under a sanitizer most of the time of the tests is spent in them.
set(CMAP_LAYER_OPTIONS "" CACHE STRING "Compile options for the layers that do the work")

# cmap_layer(<name> [ASIO] SOURCES ... HEADERS ... LINKS ...): static library cmap_<name>, known to users as
# cmap::<name>; includes are spelled from the root of the repository, "pool/core/pool_core.hpp". ASIO: its sources
# include Asio.
function(cmap_layer name)
  cmake_parse_arguments(arg "ASIO" "" "SOURCES;HEADERS;LINKS" ${ARGN})
  set(target cmap_${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(cmap::${name} ALIAS ${target})
  cmap_compile_settings(${target})
  if(NOT arg_ASIO)
    target_compile_options(${target} PRIVATE ${CMAP_LAYER_OPTIONS})
    cmap_precompile(${target} OPTIONS ${CMAP_LAYER_OPTIONS})
  else()
    cmap_precompile_asio(${target})
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}"
                                  FILES ${arg_HEADERS})
  target_link_libraries(${target} PUBLIC ${arg_LINKS})
endfunction()

# cmap_precompiled(<target> OPTIONS ... HEADERS ...): carries a precompiled header that targets with the
# same compile settings and options reuse.
function(cmap_precompiled target)
  cmake_parse_arguments(arg "" "" "OPTIONS;HEADERS;LINKS" ${ARGN})
  if(TARGET ${target})
    return()
  endif()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/${target}.cpp"
       CONTENT "// Carries the precompiled header.\n")
  add_library(${target} OBJECT "${PROJECT_BINARY_DIR}/${target}.cpp")
  cmap_compile_settings(${target})
  target_compile_options(${target} PRIVATE ${arg_OPTIONS})
  target_link_libraries(${target} PRIVATE ${arg_LINKS})
  target_precompile_headers(${target} PRIVATE ${arg_HEADERS})
  # What ccache asks for.
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  else()
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()

# cmap_precompile(<target> [<name>] OPTIONS ... LINKS ... HEADERS ...): the standard headers that nearly every file
# includes cost a third of the time of compiling it; libraries of templates, which targets add under a
# name, far more. Not in the debug builds: there a file that forgets an include does not compile.
function(cmap_precompile target)
  if(NOT CMAP_PRECOMPILE)
    return()
  endif()
  set(name standard)
  cmake_parse_arguments(arg "" "" "OPTIONS;LINKS;HEADERS" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    set(name ${arg_UNPARSED_ARGUMENTS})
  endif()
  cmap_precompiled(
    cmap_${name}_headers
    OPTIONS ${arg_OPTIONS}
    LINKS ${arg_LINKS}
    HEADERS <array> <chrono> <cstdint> <deque> <functional> <map> <memory> <optional> <span> <string>
            <string_view> <utility> <variant> <vector> ${arg_HEADERS})
  target_precompile_headers(${target} REUSE_FROM cmap_${name}_headers)
endfunction()

# The same with Asio, for those that link it.
function(cmap_precompile_asio target)
  cmap_precompile(
    ${target} asio
    LINKS cmap_asio_impl
    HEADERS <boost/asio/any_io_executor.hpp> <boost/asio/generic/stream_protocol.hpp>
            <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/local/stream_protocol.hpp>
            <boost/asio/post.hpp> <boost/asio/ssl/context.hpp> <boost/asio/ssl/stream.hpp>
            <boost/asio/steady_timer.hpp> <boost/asio/write.hpp>)
endfunction()

# Optimising tests takes longer than running them.
set(CMAP_TEST_OPTIONS "$<$<CONFIG:Release>:-O0>")

# cmap_tests(<folder> [NOT_SANITIZED <filter>] SOURCES ... LINKS ...): one GoogleTest binary for a folder, its
# tests listed by ctest as <folder>.<Suite>.<Test>, under a sanitizer as one test, <folder>, without those
# that match the filter; CMAP_SANITIZED tells them. CMAP_SPECIFICATIONS reaches them from the caller's
# environment.
function(cmap_tests folder)
  cmake_parse_arguments(arg "" "NOT_SANITIZED" "SOURCES;LINKS" ${ARGN})
  if(NOT CMAP_BUILD_TESTS OR NOT arg_SOURCES)
    return()
  endif()
  cmap_precompiled(cmap_test_header OPTIONS ${CMAP_TEST_OPTIONS} HEADERS <gtest/gtest.h>
                   LINKS Threads::Threads GTest::gtest)
  string(REPLACE "-" "_" target "${folder}_tests")
  add_executable(${target} ${arg_SOURCES})
  cmap_compile_settings(${target})
  target_compile_options(${target} PRIVATE ${CMAP_TEST_OPTIONS})
  target_compile_definitions(${target} PRIVATE CMAP_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${arg_LINKS} GTest::gmock_main)
  target_precompile_headers(${target} REUSE_FROM cmap_test_header)
  if(CMAP_SANITIZE)
    target_compile_definitions(${target} PRIVATE CMAP_SANITIZED)
    # A thousand processes under a sanitizer take longer than their tests.
    add_test(NAME ${folder} COMMAND ${target} --gtest_brief=1 --gtest_filter=-${arg_NOT_SANITIZED})
    set_tests_properties(${folder} PROPERTIES TIMEOUT 1200 LABELS ${folder})
    return()
  endif()
  include(GoogleTest)
  gtest_discover_tests(
    ${target}
    TEST_PREFIX ${folder}.
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT 600 LABELS ${folder})
endfunction()
