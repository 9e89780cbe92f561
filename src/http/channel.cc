#include "ntm/http/channel.h"

namespace ntm {

void Channel::Broadcast(std::string message) {
  const auto shared = std::make_shared<const std::string>(std::move(message));
  for (const auto& client : Connected()) client->Deliver(shared);
}

void Channel::CloseAll() {
  for (const auto& client : Connected()) client->Close();
}

void Channel::Add(const std::shared_ptr<Client>& client) {
  const std::scoped_lock lock(mutex_);
  listed_.push_back({client.get(), client});
  clients_ = listed_.size();
}

void Channel::Remove(const Client* client) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(listed_, [&](const Listed& l) { return l.key == client; });
  clients_ = listed_.size();
}

// The caller holds them outside the lock, because the destructor of a client
// calls Remove().
std::vector<std::shared_ptr<Channel::Client>> Channel::Connected() {
  std::vector<std::shared_ptr<Client>> connected;
  const std::scoped_lock lock(mutex_);
  connected.reserve(listed_.size());
  for (const Listed& listed : listed_) {
    if (auto client = listed.client.lock()) {
      connected.push_back(std::move(client));
    }
  }
  return connected;
}

}  // namespace ntm
