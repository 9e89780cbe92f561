# The Debian package, by CPack: `cmake --build DIR --target ntm_package` puts it
# into DIR/package.
set(NTM_MAINTAINER "The ntm authors")

# Files that only the package has, not an installation from source.
set(stage ${CMAKE_CURRENT_BINARY_DIR}/stage)
set(documents ${stage}/usr/share/doc/ntm)
add_custom_target(ntm_package
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${stage}
  COMMAND ${CMAKE_COMMAND} -E env DESTDIR=${stage}
    ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix /usr --strip
  COMMAND ${CMAKE_COMMAND} -E make_directory ${documents}
    ${stage}/usr/share/lintian/overrides
  COMMAND install -m 644 ${CMAKE_CURRENT_SOURCE_DIR}/debian/copyright
    ${documents}
  COMMAND ${NTM_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/debian_changelog.py
    ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${NTM_MAINTAINER}
    > ${documents}/changelog
  COMMAND install -m 644
    ${CMAKE_CURRENT_SOURCE_DIR}/debian/lintian-overrides
    ${stage}/usr/share/lintian/overrides/ntm
  COMMAND gzip -9n ${documents}/changelog
  COMMAND ${CMAKE_CPACK_COMMAND} -G DEB
    --config ${PROJECT_BINARY_DIR}/CPackConfig.cmake
  DEPENDS ntm ntm_man USES_TERMINAL VERBATIM)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ntm)
set(CPACK_PACKAGE_VENDOR ${NTM_MAINTAINER})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_VERBATIM_VARIABLES ON)
# The stage from above, unchanged.
set(CPACK_INSTALL_CMAKE_PROJECTS "")
set(CPACK_INSTALLED_DIRECTORIES "${stage};/")
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${NTM_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "network traffic metrics for Prometheus")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"ntm captures the packets of a network interface, with tcpdump's filters, and
exports bytes and packets to Prometheus by source, destination, protocol and
service. The number of series is bounded, their sums are exact, and lost
packets are counted.

The package does not start the service: systemctl enable --now ntm.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "netbase, publicsuffix, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_SOURCE_DIR}/debian/conffiles
  ${CMAKE_CURRENT_SOURCE_DIR}/debian/postinst
  ${CMAKE_CURRENT_SOURCE_DIR}/debian/prerm
  ${CMAKE_CURRENT_SOURCE_DIR}/debian/postrm)
if(CMAKE_CROSSCOMPILING)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${NTM_DEBIAN_ARCHITECTURE})
endif()
include(CPack)
