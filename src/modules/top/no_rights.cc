#include "no_rights.h"

#include <cap-ng.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ntm::top {
namespace {

constexpr uid_t kUsualNobody = 65534;

void BecomeNobody() {
  const passwd* const nobody = getpwnam("nobody");
  const uid_t uid = nobody == nullptr ? kUsualNobody : nobody->pw_uid;
  const gid_t gid = nobody == nullptr ? kUsualNobody : nobody->pw_gid;
  if (setgroups(0, nullptr) == 0 && setresgid(gid, gid, gid) == 0 &&
      setresuid(uid, uid, uid) == 0) {
    return;
  }
  // In a container without these rights; it has no others either.
  std::fprintf(stderr, "Warning: ntm top stays root: %s\n",
               std::strerror(errno));
}

}  // namespace

void GiveUpRights() {
  if (geteuid() == 0) BecomeNobody();
  capng_clear(CAPNG_SELECT_CAPS);
  capng_apply(CAPNG_SELECT_CAPS);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

}  // namespace ntm::top
