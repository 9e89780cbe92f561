#include "netlink_check.h"

#include <netlink/errno.h>

#include <string>

namespace ntm::qos {
namespace {

std::string Remedy(int error) {
  switch (error) {
    case -NLE_PERM:
    case -NLE_NOACCESS:
      return "it needs the right CAP_NET_ADMIN";
    case -NLE_OBJ_NOTFOUND:
    case -NLE_OPNOTSUPP:
      return "the kernel lacks a part: it needs sch_htb and cls_u32, and "
             "sch_ingress, act_mirred and ifb for what comes in";
    case -NLE_BUSY:
    case -NLE_EXIST:
      return "something of that handle is there already";
    case -NLE_NODEV:
      return "the interface has gone";
    default:
      return "see the kernel's log";
  }
}

}  // namespace

void Check(int error, const char* what) {
  if (error >= 0) return;
  throw Error(std::string("cannot ") + what + ": " + nl_geterror(error) + "; " +
              Remedy(error));
}

}  // namespace ntm::qos
