#include "pusher.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"
#include "ntm/base/thread_work.h"
#include "ntm/exposition/family.h"
#include "push_target.h"

namespace ntm::agents {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kSaveTotalsInterval{60};
constexpr char kTotals[] = "the totals that are pushed";

std::string RandomId() {
  // Short enough for the small string optimization: thousands of updates may be
  // queued.
  constexpr unsigned kBits = 28;
  std::independent_bits_engine<std::random_device, kBits, uint32_t> random;
  return fmt::format("{:07x}{:07x}", random(), random());
}

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string BootId() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

HttpTarget TargetOf(const PushSettings& settings) {
  HttpTarget target = ParsePushUrl(settings.url);
  if (!settings.token_file.empty() && !settings.insecure &&
      !MayCarryToken(target)) {
    throw Error("--push-url " + target.shown +
                ": the token would cross the network unencrypted; use "
                "https://, or --push-insecure on a network that you trust");
  }
  if (!settings.ca_file.empty() &&
      access(settings.ca_file.c_str(), R_OK) != 0) {
    throw Error("--push-ca-file " + settings.ca_file +
                ": cannot be read; name a file with certificates in PEM");
  }
  return target;
}

std::string TokenOf(const PushSettings& settings) {
  if (settings.token_file.empty()) return "";
  return ReadToken(settings.token_file, "--push-token-file");
}

PushMeter MeterOf(const PushSettings& settings, const std::string& id,
                  StateFile* file) {
  const PushMeter::Identity identity{id, RandomId(), RandomId(), BootId(),
                                     settings.interval};
  try {
    return {identity, file->content()};
  } catch (const Error& error) {
    file->SetAside(error.what());
    return {identity, std::nullopt};
  }
}

PushQueue::Time Now() { return steady_clock::now().time_since_epoch(); }

std::function<double()> Random() {
  return [engine = std::minstd_rand(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

}  // namespace

void CheckPush(PushSettings settings) {
  if (!IsReadable(settings.ca_file)) settings.ca_file.clear();
  TargetOf(settings);
  if (IsReadable(settings.token_file)) TokenOf(settings);
}

Pusher::Pusher(const PushSettings& settings)
    : target_(TargetOf(settings)),
      id_(settings.id.empty() ? IdOfHost(HostName()) : settings.id),
      state_file_("push-" + id_ + ".json", kTotals),
      meter_(MeterOf(settings, id_, &state_file_)),
      post_(target_, TokenOf(settings), settings.ca_file),
      queue_(kQueueLimit, Random()) {
  load_.Read();
  spdlog::info("push: to {} as {} every {} ms", target_.shown, id_,
               settings.interval.count());
}

void Pusher::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-push", stop, [&] { Run(stop); });
  });
}

Pusher::~Pusher() {
  thread_.request_stop();
  post_.Stop();
  if (thread_.joinable()) thread_.join();
  const std::string state = meter_.State();
  if (!state.empty()) state_file_.Save(state);
}

void Pusher::OnTick(const InterfaceReport& report,
                    std::chrono::nanoseconds elapsed) {
  auto update = meter_.Read(report, elapsed);
  SaveState(elapsed);
  if (!update) return;
  const MachineLoad::Load load = load_.Read();
  update->cpu_percent = load.cpu_percent;
  update->memory_percent = load.memory_percent;
  const std::scoped_lock lock(mutex_);
  queue_.Add(std::move(*update), Now());
  changed_.notify_one();
}

void Pusher::SaveState(std::chrono::nanoseconds elapsed) {
  since_saved_ += elapsed;
  if (saved_ && since_saved_ < kSaveTotalsInterval) return;
  saved_ = true;
  since_saved_ = {};
  state_file_.Save(meter_.State());
}

void Pusher::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto due = queue_.due();
    if (!due) {
      changed_.wait(lock, stop, [this] { return queue_.due().has_value(); });
      continue;
    }
    const auto update = queue_.Take(Now());
    if (!update) {
      // An update added in the meantime is not due earlier.
      changed_.wait_for(lock, stop, *due - Now(), [] { return false; });
      continue;
    }
    lock.unlock();
    Push(*update);
    lock.lock();
  }
}

void Pusher::Push(const TrafficUpdate& update) {
  const PostResult result = post_.Post(ToJson(update));
  const Ending ending = EndingOf(result);
  if (ending == Ending::kStopped) return;
  spdlog::debug(
      "push: {}: up {:.3f} MB/s, down {:.3f} MB/s, uploaded {:.3f} GB, "
      "downloaded {:.3f} GB, CPU {:.1f} %, memory {:.1f} %: {}",
      id_, update.transmit_bytes_per_second / kBytesPerMegabyte,
      update.receive_bytes_per_second / kBytesPerMegabyte,
      static_cast<double>(update.transmit_bytes) / kBytesPerGigabyte,
      static_cast<double>(update.receive_bytes) / kBytesPerGigabyte,
      update.cpu_percent, update.memory_percent,
      result.status != 0 ? std::to_string(result.status) : result.what);
  size_t waiting = 0;
  {
    const std::scoped_lock lock(mutex_);
    queue_.Done(ending == Ending::kTaken      ? PushQueue::Outcome::kTaken
                : ending == Ending::kRejected ? PushQueue::Outcome::kRejected
                                              : PushQueue::Outcome::kFailed,
                Now());
    ++endings_[static_cast<size_t>(ending)];
    up_ = ending == Ending::kTaken;
    waiting = queue_.size();
  }
  Note(result, ending, waiting);
}

void Pusher::Note(const PostResult& result, Ending ending, size_t waiting) {
  if (told_ == ending && told_status_ == result.status) return;
  told_ = ending;
  told_status_ = result.status;
  const std::string& hub = target_.shown;
  switch (ending) {
    case Ending::kTaken:
      spdlog::info("push: {} accepts updates, {} in the queue", hub, waiting);
      break;
    case Ending::kRefused:
      spdlog::error(
          "push: {} answers {}: for 401 and 403 see --push-token-file; for 404 "
          "add {} to its --accept-agents; for 409 another process pushes under "
          "this id; updates stay queued",
          hub, result.status, id_);
      break;
    case Ending::kRejected:
      spdlog::error(
          "push: {} rejects an update with {}, the update is dropped; check "
          "that the URL is that of an ntm hub",
          hub, result.status);
      break;
    case Ending::kHubFault:
      spdlog::warn("push: {} answers {}; updates stay queued", hub,
                   result.status);
      break;
    default:
      spdlog::warn("push: {} cannot be reached: {}; updates stay queued", hub,
                   result.what);
  }
}

Pusher::Ending Pusher::EndingOf(const PostResult& result) {
  switch (result.kind) {
    case PostResult::Kind::kStopped:
      return Ending::kStopped;
    case PostResult::Kind::kTimedOut:
      return Ending::kTimedOut;
    case PostResult::Kind::kUntrusted:
      return Ending::kUntrusted;
    case PostResult::Kind::kUnreachable:
      return Ending::kUnreachable;
    case PostResult::Kind::kAnswered:
      break;
  }
  switch (result.status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return Ending::kRejected;
    case 408:
    case 429:
      return Ending::kHubFault;
    default:
      break;
  }
  constexpr int kHundred = 100;
  const int hundreds = result.status / kHundred;
  if (hundreds == 2) return Ending::kTaken;
  return hundreds == 5 ? Ending::kHubFault : Ending::kRefused;
}

const char* Pusher::NameOf(Ending ending) {
  constexpr std::array<const char*, kEndings> kNames = {
      "",        "unreachable", "timeout",   "tls",
      "refused", "rejected",    "hub_fault", ""};
  return kNames[static_cast<size_t>(ending)];
}

std::vector<prometheus::MetricFamily> Pusher::Families() const {
  auto up = GaugeFamily("ntm_push_up", "1 if the hub accepted the last push.");
  auto updates = CounterFamily("ntm_push_updates_total",
                               "Updates that the hub has accepted.");
  auto failures = CounterFamily(
      "ntm_push_failures_total",
      "Failed pushes, by reason; all but rejected ones are retried.");
  auto dropped = CounterFamily("ntm_push_dropped_updates_total",
                               "Updates that were dropped, by reason.");
  auto waiting =
      GaugeFamily("ntm_push_queue_updates", "Updates in the push queue.");
  const std::scoped_lock lock(mutex_);
  AddSample(&up, {}, up_ ? 1 : 0);
  AddSample(&updates, {}, static_cast<double>(queue_.taken()));
  for (size_t i = 0; i < kEndings; ++i) {
    const std::string reason = NameOf(static_cast<Ending>(i));
    if (reason.empty()) continue;
    AddSample(&failures, {{"reason", reason}},
              static_cast<double>(endings_[i]));
  }
  AddSample(&dropped, {{"reason", "queue_full"}},
            static_cast<double>(queue_.dropped()));
  AddSample(&dropped, {{"reason", "rejected"}},
            static_cast<double>(queue_.rejected()));
  AddSample(&waiting, {}, static_cast<double>(queue_.size()));
  return {up, updates, failures, dropped, waiting};
}

}  // namespace ntm::agents
