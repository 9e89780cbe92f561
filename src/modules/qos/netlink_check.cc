#include "netlink_check.h"

#include <netlink/errno.h>

#include <string>

namespace ntm::qos {
namespace {

std::string Remedy(int error) {
  switch (error) {
    case -NLE_PERM:
    case -NLE_NOACCESS:
      return "the capability CAP_NET_ADMIN is needed";
    case -NLE_OBJ_NOTFOUND:
    case -NLE_OPNOTSUPP:
      return "a kernel module is missing: sch_htb and cls_u32 are needed, and "
             "for inbound traffic sch_ingress, act_mirred and ifb";
    case -NLE_BUSY:
    case -NLE_EXIST:
      return "the handle is already in use";
    case -NLE_NODEV:
      return "the interface was removed";
    default:
      return "see the kernel log";
  }
}

}  // namespace

void Check(int error, const char* what) {
  if (error >= 0) return;
  throw Error(std::string("cannot ") + what + ": " + nl_geterror(error) + "; " +
              Remedy(error));
}

}  // namespace ntm::qos
