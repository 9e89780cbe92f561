#include "seen_queries.h"

#include <algorithm>
#include <utility>

namespace ntm::names {

std::optional<DnsMessage> SeenQueries::Hear(const DnsDatagram& datagram,
                                            Time now) {
  while (!waiting_.empty() && now - waiting_.back().seen_at > kPatience) {
    waiting_.pop_back();
  }
  auto message = ParseDnsMessage(datagram.data, datagram.bytes);
  if (!message) return std::nullopt;
  if (message->question_type != kTypeA && message->question_type != kTypeAaaa) {
    return std::nullopt;
  }
  if (!message->is_response) {
    Remember(datagram, std::move(*message), now);
    return std::nullopt;
  }
  if (!Settle(datagram, *message) || message->is_error) return std::nullopt;
  return message;
}

void SeenQueries::Remember(const DnsDatagram& datagram, DnsMessage query,
                           Time now) {
  waiting_.push_front({datagram.src, datagram.dst, datagram.src_port,
                       datagram.dst_port, query.id, query.question_type,
                       std::move(query.question), now});
  if (waiting_.size() > kCapacity) waiting_.pop_back();
}

bool SeenQueries::Settle(const DnsDatagram& datagram,
                         const DnsMessage& answer) {
  const auto found = std::ranges::find_if(waiting_, [&](const Query& query) {
    return query.id == answer.id && query.client == datagram.dst &&
           query.server == datagram.src &&
           query.client_port == datagram.dst_port &&
           query.server_port == datagram.src_port &&
           query.type == answer.question_type &&
           IsSameName(query.name, answer.question);
  });
  if (found == waiting_.end()) return false;
  waiting_.erase(found);
  return true;
}

}  // namespace ntm::names
