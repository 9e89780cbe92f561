// Redirects the inbound traffic of an interface to an IFB device, whose queues
// can shape it. The device is named after the interface.
//
// Shape    ntm recognizes its own objects by their state in the kernel, never
//          by name alone: an ingress queue is ntm's if it redirects to such an
//          IFB device.
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; if SetUp() fails, it removes what it
//          created.
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

  // Returns the index of the IFB device, which is up. Removes what an earlier
  // run left; an ingress queue of another program is kept, unless `replace`.
  int SetUp(const std::string& interface, bool replace);
  // Removes ntm's objects of this interface, if any. The redirection is removed
  // first: without its target it would drop everything.
  void Remove(const std::string& interface);
  // Does the same for all interfaces, and removes devices without an interface.
  // Returns the names.
  std::vector<std::string> RemoveAll();

  // "nti-eth0"; for a long name the end is replaced by a hash.
  static std::string NameOf(const std::string& interface);

 private:
  struct Device {
    int index = 0;
    std::string name;
    bool is_ifb = false;  // with a name as ntm gives it
  };
  std::vector<Device> Devices();
  // The device that the interface's ingress redirects to; 0: none.
  int TargetOf(int interface_index);
  void MakeDevice(const std::string& name);
  void Redirect(int interface_index, int ifb_index);
  void RemoveQueue(int interface_index);
  void RemoveDevice(int ifb_index);

  NetlinkConnection socket_;
};

}  // namespace ntm::qos
