#include <malloc.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "doctor.h"
#include "interface_list.h"
#include "modules.h"
#include "ntm/error.h"
#include "options.h"
#include "run.h"
#include "signals.h"

namespace {

// Snapshots and expositions are large and short-lived. By default malloc learns
// from the first one that is freed to keep the room of all later ones; with a
// threshold that is set, each goes back to the system at once.
constexpr int kReturnedAtOnceBytes = 256 * 1024;

int Run(int argc, char** argv) {
  std::vector<std::unique_ptr<ntm::Module>> modules = ntm::MakeModules();
  if (argc > 1 && std::string_view(argv[1]) == ntm::kDoctorVerb) {
    argv[1] = argv[0];
    return ntm::RunDoctor(argc - 1, argv + 1, std::move(modules));
  }
  const ntm::Options options = ntm::ParseOptions(argc, argv, modules);
  if (options.action == ntm::Action::kPrint) {
    std::fputs(options.text.c_str(), stdout);
    return 0;
  }
  ntm::SetUpLog(options.log_level, options.log_format, options.log_file);
  for (const std::string& warning : options.warnings) spdlog::warn(warning);
  if (options.action == ntm::Action::kListInterfaces) {
    ntm::PrintInterfaces();
    return 0;
  }
  ntm::signals::Block();
  if (options.once) return ntm::RunOnce(options, std::move(modules));
  return options.read_path.empty() ? ntm::RunLive(options, std::move(modules))
                                   : ntm::RunFile(options, std::move(modules));
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, kReturnedAtOnceBytes);
  try {
    return Run(argc, argv);
  } catch (const ntm::Error& error) {
    std::fprintf(stderr, "Error: %s\n", error.what());
    return error.exit_code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "Error: unexpected: %s\n", error.what());
    return ntm::kExitFailure;
  }
}
