// Fuzzes the configuration files of ntm and of the web server: any text is
// either accepted or gives an error.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "app/options/config_file.h"
#include "app/options/web_config.h"
#include "fuzz.h"
#include "ntm/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int kFile = memfd_create("configuration", MFD_CLOEXEC);
  static const std::string kPath = "/proc/self/fd/" + std::to_string(kFile);
  if (ftruncate(kFile, 0) != 0 ||
      pwrite(kFile, data, size, 0) != static_cast<ssize_t>(size)) {
    return 0;
  }
  try {
    ntm::ReadConfigFile(kPath);
  } catch (const ntm::Error&) {
  }
  try {
    ntm::ReadWebConfig(kPath);
  } catch (const ntm::Error&) {
  }
  return 0;
}
