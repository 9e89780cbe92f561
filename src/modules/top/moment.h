// What a running ntm says about now, from the JSON of GET /api/live and
// /api/flows.
//
// Units    bytes, bytes per second.
// Shape    texts are clean (clean_text.h). Members that are missing or of
// another
//          type are as if they were 0, "" or unknown: an older or a newer ntm
//          may answer, or something else.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clean_text.h"

namespace ntm::top {

// A host as an address and as a name; "" for what is not known.
struct Host {
  std::string address;
  std::string name;
  std::vector<std::string> others;  // more addresses of the same device
};

struct Conversation {
  Host src;
  Host dst;
  std::string service;
  std::string protocol;
  std::string traffic_class;
  double bytes_per_second = 0;
  double bytes = 0;
};

struct Talker {
  Host host;  // of a service: its name
  bool is_local = false;
  double down_bytes_per_second = 0;
  double up_bytes_per_second = 0;
  double down_bytes = 0;
  double up_bytes = 0;
};

// Times of answers in the last minute.
struct AnswerTimes {
  std::optional<double> median_seconds;  // unknown without answers
  std::optional<double> p95_seconds;
  double count = 0;
};

// TCP segments.
struct Sent {
  double segments = 0;
  double retransmitted = 0;
};

struct SufferingService {
  std::string name;
  Sent sent;
  double connections = 0;
  double failed_connections = 0;
};

// The object `health`: of the network, in the last minute.
struct Health {
  bool is_well = true;
  std::vector<std::string> findings;
  AnswerTimes internet;
  AnswerTimes local;
  AnswerTimes dns;
  Sent down;
  Sent up;
  double connections = 0;
  double failed_connections = 0;
  double questions = 0;  // to name servers
  double failed_questions = 0;
  std::vector<SufferingService> services;
};

struct Moment {
  std::string timestamp;
  std::string version;
  bool is_live = false;  // the answer was one of /api/live
  double interval_seconds = 1;
  // Of the whole site; unknown in the first second.
  std::optional<double> down_bytes_per_second;
  std::optional<double> up_bytes_per_second;
  double down_bytes = 0;
  double up_bytes = 0;
  uint64_t active_flows = 0;
  uint64_t total_flows = 0;
  double coverage_ratio = 1;
  std::string interfaces;  // "eth0, wlan0"
  std::string fault;       // why an interface cannot be captured; "": none
  std::vector<Conversation> conversations;
  std::vector<Talker> hosts;
  std::vector<Talker> services;
  std::optional<Health> health;  // nothing where it is not measured
};

Moment ReadLive(std::string_view json, Charset charset);

// Names the ends of the conversations that are among the hosts.
void NameEnds(Moment* moment);

// The rows of /api/flows; nothing if that is not what it is.
std::optional<std::vector<Conversation>> ReadFlows(std::string_view json,
                                                   Charset charset);

// The member `error` of an answer; "" without it.
std::string ReadFault(std::string_view json, Charset charset);

}  // namespace ntm::top
