#include "app/run/modules.h"
#include "app/run/program.h"

int main(int argc, char** argv) {
  return ntm::RunProgram(argc, argv, ntm::MakeModules());
}
