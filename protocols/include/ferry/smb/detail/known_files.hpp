#pragma once

#include <ferry/smb/detail/wire.hpp>

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace ferry::smb::detail {

/// What listings have told of small files, for whoever opens them: he need not ask what a file is
/// before he reads it, only once afterwards whether it is still the same. Threads: one executor.
class known_files {
  public:
    /// @param name  Of the file, with server and share.
    void note(std::string name, const file_facts& facts) {
        if (facts.size == 0 || facts.size > small_step || files_.size() >= most) return;
        files_.insert_or_assign(std::move(name), facts);
    }
    /// Size 0: nothing is known. What was taken, nobody knows any more.
    file_facts take(const std::string& name) {
        const auto found = files_.extract(name);
        return found ? found.mapped() : file_facts();
    }
    /// To be called when something turned out to be otherwise: things change there, or the server's
    /// listings are not exact.
    void forget() { files_.clear(); }

  private:
    static constexpr std::size_t most = 20'000;  // some megabytes
    std::unordered_map<std::string, file_facts> files_;
};

}  // namespace ferry::smb::detail
