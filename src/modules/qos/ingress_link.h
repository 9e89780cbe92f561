// Lets what comes in through an interface pass a device of its own first, so
// that its queues can be made there: an IFB, which ntm names after it.
//
// Shape    what is ours is told by the kernel, never by a name alone: an
//          interface's ingress queue is if it redirects to such an IFB.
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; after one of SetUp() nothing of ours is
//          left.
// Source   tc-mirred(8); libnl-route.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ntm/net/netlink_connection.h"

namespace ntm::qos {

class IngressLink {
 public:
  IngressLink();
  ~IngressLink();

  // Returns the index of the IFB, which is up. What is there of an earlier run
  // goes first; what somebody else has put at the ingress stays, unless
  // `replace`.
  int SetUp(const std::string& interface, bool replace);
  // What is ours of this interface, if anything. The redirection goes first:
  // one without its target would drop everything.
  void Remove(const std::string& interface);
  // The same of every interface, and devices that are left without one. Returns
  // their names.
  std::vector<std::string> RemoveAll();

  // "nti-eth0"; of a name that leaves no room for that the end is its hash.
  static std::string NameOf(const std::string& interface);

 private:
  struct Device {
    int index = 0;
    std::string name;
    bool is_ifb = false;  // of a name that we give
  };
  std::vector<Device> Devices();
  // Where the ingress of the interface redirects all to; 0: nowhere.
  int TargetOf(int interface_index);
  void MakeDevice(const std::string& name);
  void Redirect(int interface_index, int ifb_index);
  void RemoveQueue(int interface_index);
  void RemoveDevice(int ifb_index);

  NetlinkConnection socket_;
};

}  // namespace ntm::qos
