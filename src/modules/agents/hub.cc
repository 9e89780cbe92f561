#include "hub.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "agent_families.h"
#include "agent_json.h"
#include "ntm/base/error.h"
#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"
#include "ntm/exposition/family.h"
#include "ntm/http/json.h"
#include "traffic_update.h"

namespace ntm::agents {
namespace {

constexpr size_t kMostBytes = 16384;
constexpr std::chrono::seconds kSaveTableInterval{60};
constexpr std::chrono::hours kExpireInterval{1};
constexpr size_t kMostNamesInALine = 5;
// The text that agents written in Python expect from their hub.
constexpr char kUnknownBody[] = "{\"detail\":\"Service not found\"}\n";
constexpr char kTakenBody[] =
    "{\"status\":\"success\",\"message\":\"Traffic data updated\"}\n";

HttpResponse JsonText(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

bool IsJson(const std::string& content_type) {
  const std::string media_type =
      content_type.substr(0, content_type.find_first_of("; \t"));
  return media_type == "application/json";
}

HttpResponse TooLarge() {
  return JsonError(413, "the update is larger than 16 KiB");
}

// The value of `limit`; nullopt if it is not a number from 1 to kMaxPoints.
std::optional<size_t> LimitIn(const HttpRequest& request) {
  const auto asked = request.Parameter("limit");
  if (!asked) return AgentTable::kMaxPoints;
  const auto limit = ParseWholeNumber(*asked, 1, AgentTable::kMaxPoints);
  if (!limit) return std::nullopt;
  return static_cast<size_t>(*limit);
}

// "agent a is", "agents a, b and c are", "agents a, …, e and 995 more are".
std::string Subject(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kMostNamesInALine);
  std::string text = names.size() == 1 ? "agent " : "agents ";
  for (size_t i = 0; i < shown; ++i) {
    const bool is_last = i + 1 == names.size();
    text += i == 0 ? "" : is_last ? " and " : ", ";
    text += names[i];
  }
  if (shown < names.size()) {
    text += fmt::format(" and {} more", names.size() - shown);
  }
  return text + (names.size() == 1 ? " is" : " are");
}

AgentTable TableIn(StateFile* state) {
  if (state == nullptr || !state->content()) return {};
  try {
    return AgentTable::FromJson(*state->content());
  } catch (const Error& error) {
    state->SetAside(error.what());
    return {};
  }
}

}  // namespace

Hub::Hub(AcceptedIds accepted, AgentTokens tokens, Clock clock,
         std::unique_ptr<StateFile> state, std::chrono::nanoseconds expiry)
    : accepted_(std::move(accepted)),
      tokens_(std::move(tokens)),
      clock_(std::move(clock)),
      expiry_(expiry),
      state_(std::move(state)),
      table_(TableIn(state_.get())) {
  saved_agents_ = table_.agents().size();
}

Hub::~Hub() {
  if (state_ != nullptr && changed_) state_->Save(table_.ToJson());
}

std::shared_ptr<const AgentReport> Hub::OnTick(
    int64_t time_ns, std::chrono::nanoseconds elapsed) {
  if (accepted_.empty()) return nullptr;
  auto report = std::make_shared<AgentReport>();
  report->time_ns = time_ns;
  since_saved_ += elapsed;
  since_expired_ += elapsed;
  std::vector<AgentSample> turned;
  std::vector<std::string> expired;
  std::string to_save;
  {
    const std::scoped_lock lock(mutex_);
    turned = table_.Age(clock_());
    report->updates = table_.TakeUpdates();
    if (since_expired_ >= kExpireInterval) {
      since_expired_ = {};
      expired = table_.Expire(clock_() - expiry_.count());
      changed_ = changed_ || !expired.empty();
    }
    for (const auto& [id, agent] : table_.agents()) {
      report->agents.push_back(agent.sample);
    }
    const bool is_time = since_saved_ >= kSaveTableInterval ||
                         table_.agents().size() != saved_agents_;
    if (state_ != nullptr && changed_ && is_time) {
      to_save = table_.ToJson();
      changed_ = false;
    }
  }
  if (!to_save.empty()) {
    saved_agents_ = report->agents.size();
    since_saved_ = {};
    state_->Save(std::move(to_save));
  }
  LogTurned(turned, elapsed);
  if (!expired.empty()) {
    spdlog::info("{} forgotten: no update for --agent-expiry",
                 Subject(expired));
  }
  return report;
}

void Hub::LogTurned(const std::vector<AgentSample>& turned,
                    std::chrono::nanoseconds elapsed) {
  for (const AgentSample& agent : turned) {
    if (agent.active) {
      active_.push_back(agent.id);
    } else {
      silent_.push_back(agent.id + " (last update " +
                        UtcText(agent.last_update_ns, 3) + ")");
    }
  }
  since_told_ += elapsed;
  if (since_told_ < kNotifyInterval || (active_.empty() && silent_.empty())) {
    return;
  }
  since_told_ = {};
  if (!active_.empty()) spdlog::info("{} active", Subject(active_));
  if (!silent_.empty()) spdlog::warn("{} silent", Subject(silent_));
  active_.clear();
  silent_.clear();
}

std::vector<prometheus::MetricFamily> Hub::Families() const {
  if (accepted_.empty()) return {};
  constexpr std::array<const char*, kVerdicts> kNames = {
      "taken",   "repeated", "unauthorized", "unknown",
      "invalid", "conflict", "full"};
  auto requests = CounterFamily("ntm_agent_requests_total",
                                "Updates received by this hub, by result.");
  const std::scoped_lock lock(mutex_);
  for (size_t i = 0; i < kVerdicts; ++i) {
    AddSample(&requests, {{"result", kNames[i]}},
              static_cast<double>(verdicts_[i]));
  }
  auto families = AgentFamilies(table_);
  families.push_back(std::move(requests));
  return families;
}

std::vector<Route> Hub::Routes() {
  return {
      {"POST", "/api/traffic/update", "",
       [this](const HttpRequest& r) { return ServeUpdate(r); }, Access::kOwn,
       /*may_block=*/false,
       [this](const HttpRequest& r) { return JudgeHeader(r); }},
      {"GET", "/api/traffic/summary", "the agents, as JSON",
       [this](const HttpRequest&) { return ServeSummary(); }},
      {"GET", "/api/traffic/{id}/current", "",
       [this](const HttpRequest& request) {
         return ServeAgent(request, [](const Agent* agent) {
           return JsonText(200, CurrentJson(agent));
         });
       }},
      {"GET", "/api/traffic/{id}/history", "",
       [this](const HttpRequest& r) { return ServeHistory(r); }}};
}

void Hub::Count(Verdict verdict) {
  const std::scoped_lock lock(mutex_);
  ++verdicts_[static_cast<size_t>(verdict)];
}

std::optional<HttpResponse> Hub::JudgeHeader(const HttpRequest& request) {
  auto refusal = RefuseHeader(request);
  if (refusal) {
    const bool is_stranger = refusal->status == 401 || refusal->status == 403;
    Count(is_stranger ? Verdict::kUnauthorized : Verdict::kInvalid);
  }
  return refusal;
}

HttpResponse Hub::ServeUpdate(const HttpRequest& request) {
  if (request.body.size() > kMostBytes) {
    Count(Verdict::kInvalid);
    return TooLarge();
  }
  Verdict verdict = Verdict::kInvalid;
  HttpResponse response = Judge(request, &verdict);
  Count(verdict);
  return response;
}

std::optional<HttpResponse> Hub::RefuseHeader(
    const HttpRequest& request) const {
  if (accepted_.empty()) {
    return JsonError(403, "this ntm accepts no agents; see --accept-agents");
  }
  if (tokens_.empty()) {
    return JsonError(403, "no token is configured; see --agents-token-file");
  }
  const auto token = TokenIn(request.Header("authorization"));
  if (!token || !tokens_.Knows(*token)) {
    HttpResponse response =
        JsonError(401, "the token is missing or wrong; see --push-token-file");
    response.headers.emplace_back("WWW-Authenticate",
                                  R"(Bearer realm="ntm", Basic realm="ntm")");
    return response;
  }
  const std::string length = request.Header("content-length");
  if (!length.empty() && !ParseWholeNumber(length, 0, kMostBytes)) {
    return TooLarge();
  }
  if (!IsJson(request.Header("content-type"))) {
    return JsonError(415,
                     "the content type of an update must be application/json");
  }
  return std::nullopt;
}

HttpResponse Hub::Judge(const HttpRequest& request, Verdict* verdict) {
  const auto parsed = ParseUpdate(request.body);
  if (const auto* fault = std::get_if<UpdateFault>(&parsed)) {
    return JsonError(fault->status, fault->what);
  }
  const auto& update = std::get<TrafficUpdate>(parsed);
  if (!accepted_.Takes(update.id)) {
    *verdict = Verdict::kUnknown;
    return JsonText(404, kUnknownBody);
  }
  const auto token = TokenIn(request.Header("authorization"));
  if (!tokens_.Allows(token.value_or(""), update.id)) {
    *verdict = Verdict::kUnauthorized;
    return JsonError(403, "the token belongs to another agent");
  }
  const int64_t now_ns = clock_();
  const std::scoped_lock lock(mutex_);
  switch (table_.Take(update, now_ns)) {
    case AgentTable::Result::kTaken:
      changed_ = true;
      *verdict = Verdict::kTaken;
      return JsonText(200, kTakenBody);
    case AgentTable::Result::kRepeated:
      *verdict = Verdict::kRepeated;
      return JsonText(200, kTakenBody);
    case AgentTable::Result::kTwoAgents:
      *verdict = Verdict::kConflict;
      return JsonError(409,
                       "two processes push under this id; set a different "
                       "--agent-id on one of them");
    case AgentTable::Result::kFull:
      break;
  }
  *verdict = Verdict::kFull;
  return JsonError(503, "the hub already has the maximum of 1000 agents");
}

HttpResponse Hub::ServeAgent(
    const HttpRequest& request,
    const std::function<HttpResponse(const Agent*)>& answer) const {
  const std::scoped_lock lock(mutex_);
  const auto found = table_.agents().find(request.segment);
  if (found != table_.agents().end()) return answer(&found->second);
  if (accepted_.Takes(request.segment)) return answer(nullptr);
  return JsonText(404, kUnknownBody);
}

HttpResponse Hub::ServeHistory(const HttpRequest& request) const {
  const auto limit = LimitIn(request);
  if (!limit) return JsonError(400, "limit is not a number from 1 to 100");
  return ServeAgent(request, [&](const Agent* agent) {
    return JsonText(200, HistoryJson(agent, *limit));
  });
}

HttpResponse Hub::ServeSummary() const {
  // For a thousand agents the text has megabytes: it is written without the
  // lock.
  AgentTable table;
  {
    const std::scoped_lock lock(mutex_);
    table = table_;
  }
  return JsonText(200, SummaryJson(table, accepted_));
}

}  // namespace ntm::agents
