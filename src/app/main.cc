#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>

#include "interface_list.h"
#include "log.h"
#include "modules.h"
#include "ntm/error.h"
#include "options.h"
#include "run.h"
#include "signals.h"

namespace {

int Main(int argc, char** argv) {
  std::vector<std::unique_ptr<ntm::Module>> modules = ntm::MakeModules();
  const ntm::ParseResult parsed = ntm::ParseOptions(argc, argv, modules);
  if (parsed.exit_code) return *parsed.exit_code;
  const ntm::Options& options = parsed.options;
  ntm::SetUpLog(options.log_level, options.log_format);
  if (options.list_interfaces) {
    ntm::PrintInterfaces();
    return 0;
  }
  ntm::signals::Block();
  return options.read_file.empty()
             ? ntm::RunLive(options, std::move(modules))
             : ntm::RunFile(options, std::move(modules));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const ntm::Error& error) {
    std::fprintf(stderr, "ntm: %s\n", error.what());
    return error.exit_code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ntm: unexpected: %s\n", error.what());
    return ntm::kExitFailure;
  }
}
