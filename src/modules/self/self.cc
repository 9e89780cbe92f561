// The resource usage of ntm itself: the standard process_* families.

#include <memory>

#include "ntm/module/module.h"
#include "process_families.h"

namespace ntm::self {
namespace {

class Self : public Module {
 public:
  std::string_view name() const noexcept override { return "self"; }

  std::vector<prometheus::MetricFamily> Collect() const override {
    return ProcessFamilies();
  }
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Self>(); }

}  // namespace ntm::self
