#include "moment.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "ntm/http/json.h"

namespace ntm::top {
namespace {

using Json = nlohmann::ordered_json;

// Reads members of objects that may not be there.
class Reader {
 public:
  explicit Reader(Charset charset) : charset_(charset) {}

  static const Json& At(const Json& object, const char* key) {
    static const Json kNothing;
    if (!object.is_object()) return kNothing;
    const auto member = object.find(key);
    return member == object.end() ? kNothing : *member;
  }

  static std::optional<double> Number(const Json& object, const char* key) {
    const Json& member = At(object, key);
    if (!member.is_number()) return std::nullopt;
    return member.get<double>();
  }

  static double NumberOr0(const Json& object, const char* key) {
    return Number(object, key).value_or(0);
  }

  static uint64_t Count(const Json& object, const char* key) {
    const Json& member = At(object, key);
    return member.is_number_unsigned() ? member.get<uint64_t>() : 0;
  }

  std::string Text(const Json& object, const char* key) const {
    const Json& member = At(object, key);
    return member.is_string()
               ? CleanText(member.get_ref<const std::string&>(), charset_)
               : "";
  }

  Conversation ConversationOf(const Json& flow) const {
    return {{Text(flow, "src"), NameOf(flow, "src_name", "src_group"), {}},
            {Text(flow, "dst"), NameOf(flow, "dst_name", "dst_group"), {}},
            Text(flow, "service"),
            Text(flow, "proto"),
            Text(flow, "class"),
            NumberOr0(flow, "bytes_per_second"),
            NumberOr0(flow, "bytes_total")};
  }

  // Of a host, else of a multicast group.
  std::string NameOf(const Json& flow, const char* host,
                     const char* group) const {
    const std::string name = Text(flow, host);
    return name.empty() ? Text(flow, group) : name;
  }

  std::vector<std::string> Texts(const Json& list) const {
    std::vector<std::string> texts;
    if (!list.is_array()) return texts;
    for (const Json& text : list) {
      if (!text.is_string()) continue;
      texts.push_back(CleanText(text.get_ref<const std::string&>(), charset_));
    }
    return texts;
  }

  std::vector<Conversation> Conversations(const Json& flows) const {
    std::vector<Conversation> list;
    if (!flows.is_array()) return list;
    for (const Json& flow : flows) list.push_back(ConversationOf(flow));
    return list;
  }

  void AddTalkers(const Json& talkers, bool is_local,
                  std::vector<Talker>* list) const {
    if (!talkers.is_array()) return;
    for (const Json& talker : talkers) {
      list->push_back({{Text(talker, "name"), Text(talker, "host_name"),
                        Texts(At(talker, "addresses"))},
                       is_local,
                       NumberOr0(talker, "down_bytes_per_second"),
                       NumberOr0(talker, "up_bytes_per_second"),
                       NumberOr0(talker, "down_bytes_total"),
                       NumberOr0(talker, "up_bytes_total")});
    }
  }

  void AddCaptures(const Json& captures, Moment* moment) const {
    if (!captures.is_array()) return;
    for (const Json& capture : captures) {
      const std::string name = Text(capture, "interface");
      if (!moment->interfaces.empty()) moment->interfaces += ", ";
      moment->interfaces += name;
      const Json& up = At(capture, "up");
      if (up.is_boolean() && !up.get<bool>()) {
        moment->fault = fmt::format("nothing can be captured on {}: {}", name,
                                    Text(capture, "down_reason"));
      }
    }
  }

  static Sent SentOf(const Json& side) {
    return {NumberOr0(side, "segments"),
            NumberOr0(side, "retransmitted_segments")};
  }

  static AnswerTimes TimesOf(const Json& times, double count) {
    if (count <= 0) return {};
    return {Number(times, "median_seconds"), Number(times, "p95_seconds"),
            count};
  }

  Health HealthOf(const Json& json) const {
    Health health;
    const Json& well = At(json, "well");
    health.is_well = !well.is_boolean() || well.get<bool>();
    health.findings = Texts(At(json, "findings"));
    const Json& internet = At(json, "internet");
    const Json& local = At(json, "local");
    health.internet = TimesOf(internet, NumberOr0(internet, "count"));
    health.local = TimesOf(local, NumberOr0(local, "count"));
    health.down = SentOf(At(json, "down"));
    health.up = SentOf(At(json, "up"));
    const Json& connections = At(json, "connections");
    health.connections = NumberOr0(connections, "count");
    health.failed_connections = NumberOr0(connections, "refused") +
                                NumberOr0(connections, "unanswered");
    const Json& dns = At(json, "dns");
    const double unanswered = NumberOr0(dns, "unanswered");
    health.questions = NumberOr0(dns, "questions");
    health.failed_questions = NumberOr0(dns, "failures") + unanswered;
    health.dns = TimesOf(dns, health.questions - unanswered);
    const Json& services = At(json, "services");
    if (!services.is_array()) return health;
    for (const Json& service : services) {
      health.services.push_back({Text(service, "service"), SentOf(service),
                                 NumberOr0(service, "connections"),
                                 NumberOr0(service, "failed_connections")});
    }
    return health;
  }

 private:
  const Charset charset_;
};

}  // namespace

Moment ReadLive(std::string_view json, Charset charset) {
  const Reader reader(charset);
  const Json all = ParseJson(json);
  const Json& summary = Reader::At(all, "summary");
  const Json& update = Reader::At(all, "traffic-update");
  const Json& total = Reader::At(update, "total");
  const Json& stats = Reader::At(update, "stats");
  Moment moment;
  moment.is_live = update.is_object();
  moment.timestamp = reader.Text(update, "timestamp");
  moment.version = reader.Text(summary, "version");
  moment.interval_seconds =
      Reader::Number(summary, "interval_seconds").value_or(1);
  moment.down_bytes_per_second = Reader::Number(total, "down_bytes_per_second");
  moment.up_bytes_per_second = Reader::Number(total, "up_bytes_per_second");
  moment.down_bytes = Reader::NumberOr0(total, "down_bytes_total");
  moment.up_bytes = Reader::NumberOr0(total, "up_bytes_total");
  moment.active_flows = Reader::Count(stats, "active_flows");
  moment.total_flows = Reader::Count(stats, "total_flows");
  moment.coverage_ratio = Reader::Number(stats, "coverage_ratio").value_or(1);
  reader.AddCaptures(Reader::At(update, "captures"), &moment);
  moment.conversations =
      reader.Conversations(Reader::At(update, "active_flows"));
  reader.AddTalkers(Reader::At(update, "local_hosts"), true, &moment.hosts);
  reader.AddTalkers(Reader::At(update, "remote_hosts"), false, &moment.hosts);
  reader.AddTalkers(Reader::At(update, "services"), false, &moment.services);
  const Json& health = Reader::At(update, "health");
  if (health.is_object()) moment.health = reader.HealthOf(health);
  return moment;
}

void NameEnds(Moment* moment) {
  std::unordered_map<std::string_view, std::string_view> names;
  for (const Talker& talker : moment->hosts) {
    if (talker.host.name.empty()) continue;
    names.emplace(talker.host.address, talker.host.name);
    for (const std::string& other : talker.host.others) {
      names.emplace(other, talker.host.name);
    }
  }
  for (Conversation& conversation : moment->conversations) {
    for (Host* end : {&conversation.src, &conversation.dst}) {
      const auto known = names.find(end->address);
      if (end->name.empty() && known != names.end()) end->name = known->second;
    }
  }
}

std::optional<std::vector<Conversation>> ReadFlows(std::string_view json,
                                                   Charset charset) {
  const Json all = ParseJson(json);
  const Json& flows = Reader::At(all, "flows");
  if (!flows.is_array()) return std::nullopt;
  return Reader(charset).Conversations(flows);
}

std::string ReadFault(std::string_view json, Charset charset) {
  return Reader(charset).Text(ParseJson(json), "error");
}

}  // namespace ntm::top
