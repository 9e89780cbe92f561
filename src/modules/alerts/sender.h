// Sends the messages of an outbox to its receiver, in the background.
//
// Shape    failures are retried with exponential back-off, from 1 s to
//          kLongestPause. One log line whenever the result changes.
// Threads  Notify() and the counters from any; sends on a thread of its own
//          ("ntm-alert"). The destructor drops messages that are not sent yet.
// Errors   the constructor throws ntm::Error if libcurl cannot work.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "ntm/http/http_post.h"
#include "ntm/http/http_target.h"
#include "outbox.h"

namespace ntm::alerts {

// A receiver's address and how to send to it.
struct Receiver {
  HttpTarget target;
  std::string content_type = "application/json";
  std::string ca_file;
  std::string token;  // "": none
};

Outbox::Outcome OutcomeOf(const PostResult& result);
// The HTTP status, as "204", or why there was no answer.
std::string TextOf(const PostResult& result);

class Sender {
 public:
  static constexpr std::chrono::seconds kLongestPause{30};

  Sender(const Receiver& receiver, std::unique_ptr<Outbox> outbox);
  ~Sender();
  // From now on it sends: its thread.
  void Start();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void Notify(const Notice& notice, bool is_news);

  const std::string& origin() const { return target_.origin; }
  struct Counts {
    uint64_t sent = 0;
    uint64_t failed = 0;  // attempts
    uint64_t dropped = 0;
  };
  Counts counts() const;

 private:
  void Run(const std::stop_token& stop);
  void Send(const std::string& body);
  void Note(const PostResult& result, Outbox::Outcome outcome);

  HttpTarget target_;  // constant after construction

  HttpPost post_;     // thread_ only
  std::string told_;  // thread_ only

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::unique_ptr<Outbox> outbox_;  // guarded by mutex_
  uint64_t failed_ = 0;             // guarded by mutex_
  uint64_t additions_ = 0;          // guarded by mutex_
  int64_t not_before_ns_ = 0;       // guarded by mutex_
  std::chrono::nanoseconds pause_ = std::chrono::seconds(1);  // thread_ only

  std::jthread thread_;
};

}  // namespace ntm::alerts
