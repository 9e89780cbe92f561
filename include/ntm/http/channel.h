// A WebSocket path of a module, whose messages go to all connected clients.
//
// Shape    text frames, one per message. A client gets the result of first()
//          when it connects, then all broadcasts in order. Up to kQueueFrames
//          messages wait for a slow client; then the oldest is dropped. A
//          client that takes longer than the server's transfer_timeout to
//          receive a frame is disconnected. Messages from clients are ignored.
// Threads  Broadcast() on the main thread, like the server's Start() and
//          Stop(); first() on the server's threads, several at a time: it must
//          not wait for disk or network; the counters from any thread.
// Errors   an exception of first() is logged and closes that connection.
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

  // One client's connection. All calls from any thread; none blocks.
  class Client {
   public:
    virtual ~Client() = default;
    virtual void Deliver(Message message) = 0;
    // Closes the connection because the server stops (1001, going away).
    virtual void Close() = 0;
  };

  static constexpr size_t kQueueFrames = 8;

  // `path` as in a Route, without braces.
  Channel(std::string path, std::function<std::string()> first)
      : path_(std::move(path)), first_(std::move(first)) {}

  const std::string& path() const { return path_; }

  // With 0 clients the caller need not build a message.
  size_t clients() const { return clients_.load(); }
  // Since start: frames that were sent, and those dropped for slow clients.
  uint64_t sent_frames() const { return sent_.load(); }
  uint64_t skipped_frames() const { return skipped_.load(); }

  void Broadcast(std::string message);

  // For the server:
  std::string First() const { return first_(); }
  void Add(const std::shared_ptr<Client>& client);
  void Remove(const Client* client);  // does nothing if it was never added
  void CountSent() { ++sent_; }
  void CountSkipped() { ++skipped_; }
  void CloseAll();

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
