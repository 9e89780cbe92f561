#include "shared_data.h"

#include <filesystem>

namespace ntm::test {

std::string SharedPath(const std::string& name) {
  // This file is <source folder>/tests/support/shared_data.cc.
  const std::filesystem::path source =
      std::filesystem::path(__FILE__).parent_path() / ".." / "..";
  return (source / ".." / "shared" / name).lexically_normal().string();
}

}  // namespace ntm::test
