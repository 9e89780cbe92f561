// Follows questions to name servers: how long the answers take, and what they
// say.
//
// Units    ns since the epoch.
// Shape    a table of open questions, by client, port, server and
//          identification; a new one takes the place of the oldest, which then
//          counts as unanswered. A question that is asked again with the same
//          identification is measured from the newest one.
// Errors   noexcept; allocates only in the constructor. A message is never
//          trusted: one shorter than its header, or whose question runs past
//          its end, is counted as malformed and not otherwise.
// Threads  not synchronised: the capture thread of its lane.
// Source   RFC 1035 section 4.1; over TCP if one segment holds the message
//          (section 4.2.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conversation_hash.h"
#include "conversation_table.h"
#include "ntm/base/byte_reader.h"
#include "ntm/conversation/wire_health.h"
#include "ntm/decode/packet.h"

namespace ntm {

class DnsWatch {
 public:
  static constexpr size_t kQuestions = 4096;
  static constexpr uint16_t kPort = 53;
  static constexpr int64_t kAnswerWithinNs = 10'000'000'000;

  explicit DnsWatch(uint64_t seed);

  // `message` has the captured bytes, `message_bytes` is its whole length.
  // Returns true iff it answers a question.
  bool Add(ByteReader message, size_t message_bytes, const Packet& packet,
           int64_t time_ns, uint16_t interface) noexcept;

  // Ends questions without an answer. Once per tick.
  void Age(int64_t now_ns) noexcept;

  // From now on, questions without an answer count; those before, too.
  void NoteBothDirections() noexcept { both_directions_seen_ = true; }

  // Adds to `health`; count() is how many counts.
  void AddTo(WireHealth* health) const;
  size_t count() const noexcept { return counts_used_; }

 private:
  struct Question {
    uint64_t hash = 0;
    int64_t asked_ns = 0;
    Address server;
  };

  void Ask(const Packet& packet, uint64_t hash, int64_t time_ns) noexcept;
  void End(const Question& question) noexcept;
  // With `claim` the server gets counts of its own if there are any left.
  size_t CountsOf(const Address& server, bool claim) noexcept;

  ConversationHash hash_;
  ConversationTable<Question> questions_;
  std::vector<DnsCounts> counts_;  // the rest first
  size_t counts_used_ = 1;
  uint64_t malformed_ = 0;
  bool both_directions_seen_ = false;
};

}  // namespace ntm
