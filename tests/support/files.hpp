#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ferry::test {

/// The same bytes for the same seed, on every machine.
std::string random_bytes(std::size_t count, std::uint64_t seed = 1);

/// The whole file; throws if there is none.
std::string slurp(const std::filesystem::path& file);
void spill(const std::filesystem::path& file, std::string_view bytes);

/// Where two byte strings differ, for people; empty if they do not. A failed CHECK prints this and
/// not megabytes of noise.
std::string difference(std::string_view got, std::string_view wanted);

/// A folder that lives as long as the object. It is on a disk if /tmp is.
class temp_dir {
  public:
    temp_dir() : temp_dir(std::filesystem::temp_directory_path()) {}
    /// A new folder below `where`, for us alone.
    explicit temp_dir(const std::filesystem::path& where);
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;
    ~temp_dir();

    const std::filesystem::path& path() const noexcept { return path_; }
    operator const std::filesystem::path&() const noexcept { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const {
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

/// A folder for temporary files that every user reaches: programs that we start as root may work as
/// somebody else.
std::filesystem::path public_temp_folder();

}  // namespace ferry::test
