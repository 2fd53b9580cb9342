"""Tables of the kernel: prefectures, designated cities and their wards, changes of local government codes.

Public facts only.
"""
