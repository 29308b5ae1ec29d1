# Installs BUILD_DIR into WORK_DIR, then configures, builds and runs the programs here against that tree
# alone. Called by ctest as `cmake -D... -P run.cmake`.
function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output
                  ERROR_VARIABLE output)
  message("${output}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${what} failed: ${status}")
  endif()
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
run("install" "${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${WORK_DIR}/prefix")
run("configure" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}" -B "${WORK_DIR}/build" -G
    "${GENERATOR}" "-DCMAKE_CXX_COMPILER=${CXX_COMPILER}" "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}"
    "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix"
    "-DCMAKE_FIND_PACKAGE_NO_PACKAGE_REGISTRY=ON")
run("build" "${CMAKE_COMMAND}" --build "${WORK_DIR}/build")
run("the simulated pool" "${WORK_DIR}/build/simulated")
run("the real pool" "${WORK_DIR}/build/real")
