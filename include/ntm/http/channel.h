// A WebSocket path of a module: what it says goes to every client that is
// connected there.
//
// Shape    text frames, one per message. A client is given first() when it
//          connects and then what is broadcast, in order. One that is too slow
//          misses the oldest of the kQueueFrames that wait for it, and is
//          disconnected when a frame takes longer than the server's
//          transfer_timeout. What clients say is read and ignored.
// Threads  Broadcast() on the main thread, as Start() and Stop() of the
//          server; first() on the server's threads, several at a time, and it
//          must not wait on disk or network; the figures from any thread.
// Errors   what first() throws is logged and closes that connection.
// Source   RFC 6455.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ntm {

class Channel {
 public:
  using Message = std::shared_ptr<const std::string>;

  // One connection, from the server's side. Each call from any thread; none
  // waits.
  class Client {
   public:
    virtual ~Client() = default;
    virtual void Deliver(Message message) = 0;
    // Tells it that the server stops, and ends it.
    virtual void SendAway() = 0;
  };

  static constexpr size_t kQueueFrames = 8;

  // `path` as in a Route, without braces.
  Channel(std::string path, std::function<std::string()> first)
      : path_(std::move(path)), first_(std::move(first)) {}

  const std::string& path() const { return path_; }

  // With 0 clients no message need be made.
  size_t clients() const { return clients_.load(); }
  // Since start: what clients have taken, and what slow ones missed.
  uint64_t sent_frames() const { return sent_.load(); }
  uint64_t skipped_frames() const { return skipped_.load(); }

  void Broadcast(std::string message);

  // For the server:
  std::string First() const { return first_(); }
  void Add(const std::shared_ptr<Client>& client);
  void Remove(const Client* client);  // what was never added, too
  void CountSent() { ++sent_; }
  void CountSkipped() { ++skipped_; }
  void SendAllAway();

 private:
  struct Listed {
    const Client* key;
    std::weak_ptr<Client> client;
  };

  std::vector<std::shared_ptr<Client>> Connected();

  // Constant after construction
  std::string path_;
  std::function<std::string()> first_;

  std::atomic<size_t> clients_ = 0;
  std::atomic<uint64_t> sent_ = 0;
  std::atomic<uint64_t> skipped_ = 0;

  std::mutex mutex_;
  std::vector<Listed> listed_;
};

}  // namespace ntm
