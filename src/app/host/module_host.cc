#include "module_host.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "landing_page.h"
#include "modules_with.h"
#include "ntm/base/build_info.h"
#include "ntm/exposition/family.h"
#include "ntm/module/other_runs.h"
#include "scrape_stream.h"

namespace ntm {

using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kOldestCopy{1};
// While slow clients hold so many, a copy is shared until it is that old.
constexpr size_t kManyCopies = 4;

}  // namespace

ModuleHost::ModuleHost(ModuleHostOptions options,
                       std::vector<std::unique_ptr<Module>> modules,
                       TakeSnapshot take_snapshot)
    : options_(std::move(options)), take_snapshot_(std::move(take_snapshot)) {
  std::erase_if(modules, [this](const auto& module) {
    const auto* runs = PartOf<OtherRuns>(module);
    return (options_.files_only && !(runs && runs->runs_on_files())) ||
           (options_.once_only && !(runs && runs->runs_once()));
  });
  // Not std::ranges': clang 14 cannot compile GCC 12's subrange.
  std::stable_partition(modules.begin(), modules.end(), [](const auto& module) {
    return PartOf<LiveOutput>(module) == nullptr;
  });
  naming_ = ModulesWith<HostNaming>(modules);
  rights_ = ModulesWith<NeededRights>(modules);
  table_owners_ = ModulesWith<TableOwner>(modules);
  table_keepers_ = ModulesWith<TableKeeper>(modules);
  live_outputs_ = ModulesWith<LiveOutput>(modules);
  for (auto& module : modules) {
    auto hosted = std::make_unique<Hosted>();
    hosted->module = std::move(module);
    modules_.push_back(std::move(hosted));
  }
}

void ModuleHost::SetLocalNetworks(
    const std::shared_ptr<const LocalNetworks>& networks) {
  for (HostNaming* module : naming_) module->SetLocalNetworks(networks);
}

std::shared_ptr<const HostNames> ModuleHost::LabelNames() const {
  for (const HostNaming* module : naming_) {
    if (auto names = module->label_names()) return names;
  }
  return nullptr;
}

void ModuleHost::SetTrafficClasses(
    const std::shared_ptr<const TrafficClasses>& classes, bool hides_names) {
  for (HostNaming* module : naming_) {
    module->SetTrafficClasses(classes, hides_names);
  }
}

bool ModuleHost::LearnsServers() const {
  return std::ranges::any_of(naming_, &HostNaming::learns_servers);
}

std::shared_ptr<const ServerClasses> ModuleHost::ServersWithClass() const {
  for (HostNaming* module : naming_) {
    if (auto servers = module->server_classes()) return servers;
  }
  return nullptr;
}

bool ModuleHost::WritesNeedToken() const {
  return std::ranges::any_of(rights_, &NeededRights::writes_need_token);
}

bool ModuleHost::NeedsNetAdmin() const {
  return std::ranges::any_of(rights_, &NeededRights::needs_net_admin);
}

std::vector<std::string> ModuleHost::WrittenPaths() const {
  std::vector<std::string> paths;
  for (const NeededRights* module : rights_) {
    const auto own = module->written_paths();
    paths.insert(paths.end(), own.begin(), own.end());
  }
  return paths;
}

void ModuleHost::SetFamily(prometheus::MetricFamily family) {
  const std::scoped_lock lock(mutex_);
  const auto same = std::ranges::find(families_, family.name,
                                      &prometheus::MetricFamily::name);
  if (same != families_.end()) {
    *same = std::move(family);
  } else {
    families_.push_back(std::move(family));
  }
}

void ModuleHost::SetFamily(std::function<prometheus::MetricFamily()> family) {
  family_functions_.push_back(std::move(family));
}

ModuleHost::~ModuleHost() { Stop(); }

void ModuleHost::Open() {
  std::vector<StoredTables*> tables;
  for (TableOwner* module : table_owners_) {
    if (StoredTables* own = module->stored_tables()) tables.push_back(own);
  }
  for (TableKeeper* module : table_keepers_) module->SetStoredTables(tables);
  for (const auto& hosted : modules_) {
    hosted->module->Open();
    hosted->opened = true;
  }
}

void ModuleHost::Start() {
  for (const auto& hosted : modules_) hosted->module->Start();
}

void ModuleHost::Stop() {
  for (auto i = modules_.rbegin(); i != modules_.rend(); ++i) {
    if (std::exchange((*i)->opened, false)) (*i)->module->Stop();
  }
}

bool ModuleHost::Guard(Hosted* hosted, bool Hosted::*works,
                       const std::function<void()>& call) const {
  std::string what;
  try {
    call();
    const std::scoped_lock lock(mutex_);
    hosted->*works = true;
    return true;
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "unknown exception";
  }
  const auto now = steady_clock::now();
  const std::scoped_lock lock(mutex_);
  hosted->*works = false;
  const bool first = hosted->errors++ == 0;
  if (first || now - hosted->logged_at >= std::chrono::minutes(1)) {
    hosted->logged_at = now;
    spdlog::error("module {} failed: {}; the other modules continue",
                  hosted->module->name(), what);
  }
  return false;
}

void ModuleHost::OnTick(int64_t time_ns, std::chrono::nanoseconds elapsed) {
  Reports next;
  std::shared_ptr<const Snapshot> snapshot;
  {
    const std::scoped_lock lock(copy_mutex_);
    snapshot = TakeShared();
    copy_.reset();  // free the shared snapshot, which can be large
  }
  const Tick tick{time_ns, elapsed, std::move(snapshot), std::move(reports_),
                  &next};
  for (const auto& hosted : modules_) {
    Guard(hosted.get(), &Hosted::ticks, [&] { hosted->module->OnTick(tick); });
  }
  reports_ = std::move(next);
}

void ModuleHost::NoteReadiness() {
  const std::scoped_lock lock(copy_mutex_);
  TakeShared();
}

std::shared_ptr<const Snapshot> ModuleHost::TakeShared() const {
  copy_.reset();  // so that there are not two snapshots at once
  const auto began = steady_clock::now();
  copy_ = take_snapshot_();
  copied_at_ = steady_clock::now();
  copy_until_ =
      copied_at_ + std::min<std::chrono::nanoseconds>(
                       kCopyServesTimes * (copied_at_ - began), kOldestCopy);
  const std::scoped_lock lock(mutex_);
  readiness_ = ReadinessOf(*copy_);
  return copy_;
}

std::shared_ptr<const Snapshot> ModuleHost::SharedSnapshot() const {
  const std::scoped_lock lock(copy_mutex_);
  const auto now = steady_clock::now();
  if (copy_ && now < copy_until_) return copy_;
  std::erase_if(scraped_, [](const auto& copy) { return copy.expired(); });
  if (copy_ && scraped_.size() >= kManyCopies &&
      now < copied_at_ + kOldestCopy) {
    return copy_;
  }
  scraped_.push_back(TakeShared());
  return copy_;
}

std::string ModuleHost::Scrape(ExpositionFormat format) const {
  std::string text;
  Scrape(format, &text);
  return text;
}

void ModuleHost::Scrape(ExpositionFormat format, std::string* text) const {
  const auto began = steady_clock::now();
  ScrapeStream scrape(*this, began, take_snapshot_(), format, {});
  scrape.Finish(text);
}

void ModuleHost::WriteOwnFamilies(std::chrono::nanoseconds spent,
                                  Exposition* out) const {
  auto up = GaugeFamily("ntm_module_up",
                        "Whether the module's last calls succeeded.");
  auto errors = CounterFamily("ntm_module_errors_total",
                              "Calls in which the module failed.");
  std::vector<prometheus::MetricFamily> families;
  {
    const std::scoped_lock lock(mutex_);
    families = families_;
    for (const auto& hosted : modules_) {
      const Labels labels = {{"module", std::string(hosted->module->name())}};
      AddSample(&up, labels, hosted->ticks && hosted->exposes ? 1 : 0);
      AddSample(&errors, labels, static_cast<double>(hosted->errors));
    }
  }
  out->Write(up);
  out->Write(errors);
  for (const auto& family : families) out->Write(family);
  for (const auto& family : family_functions_) out->Write(family());
  auto duration = GaugeFamily("ntm_scrape_duration_seconds",
                              "Time it took to write this exposition.");
  AddSample(&duration, {}, std::chrono::duration<double>(spent).count());
  out->Write(duration);
}

HttpResponse ModuleHost::ServeMetrics(const HttpRequest& request) const {
  const ExpositionFormat format = NegotiateFormat(request.Header("accept"));
  HttpResponse response;
  response.content_type = ContentType(format);
  const auto began = steady_clock::now();
  auto scrape = std::make_shared<ScrapeStream>(
      *this, began, SharedSnapshot(), format, request.Parameters("name[]"));
  if (scrape->Next(&response.body)) response.rest = std::move(scrape);
  response.headers.emplace_back("Vary", "Accept");
  return response;
}

HttpResponse ModuleHost::ServeReady() const {
  Readiness readiness;
  {
    const std::scoped_lock lock(mutex_);
    readiness = readiness_;
  }
  HttpResponse response;
  response.status = readiness.ready ? 200 : 503;
  response.body =
      readiness.ready ? "ready\n" : "not ready: " + readiness.reason + "\n";
  return response;
}

HttpResponse ModuleHost::ServeLandingPage(
    const std::vector<Route>& routes) const {
  HttpResponse response;
  response.content_type = "text/html; charset=utf-8";
  response.body = LandingPage(routes);
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'");
  return response;
}

std::vector<Route> ModuleHost::Routes() {
  std::vector<Route> routes;
  routes.push_back({"GET", options_.telemetry_path,
                    "the metrics, for Prometheus",
                    [this](const HttpRequest& r) { return ServeMetrics(r); },
                    Access::kMetrics});
  routes.push_back({"GET", "/-/healthy", "200 while the process is running",
                    [](const HttpRequest&) {
                      HttpResponse response;
                      response.body = "healthy\n";
                      return response;
                    },
                    Access::kOpen});
  routes.push_back({"GET", "/-/ready", "200 if ntm is ready, else 503",
                    [this](const HttpRequest&) { return ServeReady(); },
                    Access::kOpen});
  for (const auto& hosted : modules_) {
    for (Route& route : hosted->module->Routes()) {
      routes.push_back(std::move(route));
    }
  }
  const auto list = [this, routes](const HttpRequest&) {
    return ServeLandingPage(routes);
  };
  const bool has_page =
      std::ranges::find(routes, "/", &Route::path) != routes.end();
  routes.push_back({"GET", "/-/links", "", list});
  if (!has_page) routes.push_back({"GET", "/", "", list});
  return routes;
}

std::vector<std::shared_ptr<Channel>> ModuleHost::Channels() {
  std::vector<std::shared_ptr<Channel>> channels;
  for (LiveOutput* module : live_outputs_) {
    for (auto& channel : module->Channels()) {
      channels.push_back(std::move(channel));
    }
  }
  return channels;
}

Readiness ReadinessOf(const Snapshot& snapshot) {
  if (snapshot.is_file) {
    return {snapshot.file_read_to_end, "the file is still being read"};
  }
  for (const CaptureCounters& capture : snapshot.captures) {
    if (!capture.up) return {false, capture.down_reason};
  }
  return {true, ""};
}

}  // namespace ntm
