// Lets what comes in through an interface pass a device of its own first, so
// that its queues can be made there: an IFB, which ntm names after it.
//
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; after one of SetUp() nothing of ours is
//          left.
// Source   tc-mirred(8); libnl-route.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct nl_sock;

namespace ntm::qos {

class IngressLink {
 public:
  IngressLink();
  ~IngressLink();

  // Returns the index of the IFB, which is up. What is there of an earlier run
  // goes first; what somebody else has put at the ingress stays, unless
  // `replace`.
  int SetUp(const std::string& interface, bool replace);
  // REQUIRES: the IFB is ours. The redirection goes first: one without its
  // target would drop everything.
  void Remove(const std::string& interface);

  // The interfaces that have one of ours.
  static std::vector<std::string> Present();
  // "nti-eth0", as long as the kernel takes names.
  static std::string NameOf(const std::string& interface);

 private:
  void MakeDevice(const std::string& name);
  void Redirect(int interface_index, int ifb_index);

  std::unique_ptr<nl_sock, void (*)(nl_sock*)> socket_;
};

}  // namespace ntm::qos
