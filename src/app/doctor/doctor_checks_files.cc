#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "doctor_checks.h"
#include "ntm/net/services.h"

namespace ntm {

Findings JudgeConfiguration(const Options& options) {
  Findings findings;
  findings.push_back(
      Ok("configuration", options.config_path.empty()
                              ? "flags and environment, no file"
                              : options.config_path + " is valid"));
  for (const std::string& warning : options.warnings) {
    findings.push_back(Warn("configuration", warning,
                            "ntm --check-config shows what is in effect"));
  }
  return findings;
}

Finding CheckServices(const Options& options) {
  constexpr char kName[] = "services";
  const std::string& path = options.services_path;
  std::error_code ignored;
  const bool is_default = path == Options().services_path;
  if (is_default && !std::filesystem::exists(path, ignored)) {
    return Warn(kName, path + " does not exist: flows have no service names",
                "install the package netbase, or use --services-file");
  }
  try {
    const Services services = Services::FromFile(path);
    if (services.name_count() == 0) {
      return Warn(kName, path + " has no service names",
                  "install the package netbase, or use --services-file");
    }
    std::string detail =
        fmt::format("{} has {} names", path, services.name_count());
    if (services.skipped_lines() == 0) return Ok(kName, detail);
    return Warn(kName,
                fmt::format("{}; line {} is not in services(5) format "
                            "(skipped lines: {})",
                            detail, services.first_skipped_line(),
                            services.skipped_lines()),
                "write each line as: name port/protocol");
  } catch (const Error& error) {
    return Fail(kName, error);
  }
}

}  // namespace ntm
