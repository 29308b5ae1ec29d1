# Install rules: `find_package(cmap)` gives cmap::pool, cmap::sim, cmap::asio (with cmap::wire and
# cmap::client) and cmap::spec_tests, the last two where their dependencies are there. Headers go below
# include/cmap, so that an include is spelled as in this repository.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/cmap")
set(header_dir "${CMAKE_INSTALL_INCLUDEDIR}/cmap")

# Compiled Asio has no headers and no name of its own in this repository.
set_target_properties(cmap_asio_impl PROPERTIES EXPORT_NAME asio_impl)

# One set for each bundle of dependencies: users without them can do without the set.
install(TARGETS cmap_core cmap_pool cmap_sim EXPORT cmapTargets FILE_SET HEADERS
                                                                DESTINATION "${header_dir}")
install(TARGETS cmap_wire cmap_topology cmap_client cmap_asio EXPORT cmapAsioTargets
        FILE_SET HEADERS DESTINATION "${header_dir}")
install(TARGETS cmap_asio_impl EXPORT cmapAsioTargets)
install(TARGETS cmap_serve_model cmap_sim_client cmap_spec_tests EXPORT cmapSpecTestsTargets
        FILE_SET HEADERS DESTINATION "${header_dir}")
foreach(set IN ITEMS cmapTargets cmapAsioTargets cmapSpecTestsTargets)
  install(EXPORT ${set} NAMESPACE cmap:: DESTINATION "${package_dir}")
endforeach()

if(TARGET cmap)
  install(TARGETS cmap)
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/tools/cmake/cmapConfig.cmake.in" "${PROJECT_BINARY_DIR}/cmapConfig.cmake"
  INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmapConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/cmapConfig.cmake"
              "${PROJECT_BINARY_DIR}/cmapConfigVersion.cmake" DESTINATION "${package_dir}")
