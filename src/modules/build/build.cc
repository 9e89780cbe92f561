// What this binary was built from.

#include <memory>

#include "ntm/base/build_info.h"
#include "ntm/exposition/family.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"

namespace ntm::build {
namespace {

class Build : public Module, public OtherRuns {
 public:
  std::string_view name() const noexcept override { return "build"; }
  bool runs_on_files() const noexcept override { return true; }

  std::vector<prometheus::MetricFamily> Collect() const override {
    auto info = GaugeFamily("ntm_build_info",
                            "What this binary was built from; always 1.");
    AddSample(&info,
              {{"version", kVersion},
               {"revision", kRevision},
               {"compiler", kCompiler}},
              1);
    return {info};
  }
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Build>(); }

}  // namespace ntm::build
