# Compiler cache, linker and sanitizers. All of it applies to a build of cmap itself only: a project
# that adds cmap as a subfolder keeps its own settings.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CMAP_CCACHE ccache)
  if(CMAP_CCACHE)
    # The sloppiness is what ccache asks for to cache users of a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${CMAP_CCACHE}")
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  find_program(CMAP_LLD ld.lld)
  if(CMAP_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

if(CMAP_SANITIZE)
  add_compile_options(-fsanitize=${CMAP_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CMAP_SANITIZE})
  if(CMAP_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options(-fno-sanitize=function)  # clang cannot do that to coroutines
  endif()
endif()

# ThreadSanitizer cannot map its shadow memory where the kernel randomises mmap widely; the tests
# then run with randomisation off. Containers may forbid that, so it is tried first.
if(CMAP_SANITIZE MATCHES "thread" AND NOT DEFINED CMAKE_CROSSCOMPILING_EMULATOR)
  find_program(CMAP_SETARCH setarch)
  if(CMAP_SETARCH)
    execute_process(COMMAND "${CMAP_SETARCH}" -R true RESULT_VARIABLE status OUTPUT_QUIET
                    ERROR_QUIET)
    if(status EQUAL 0)
      set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAP_SETARCH};-R")
    endif()
  endif()
endif()
